/** The Nest controllers behind HTTP, as the edge's module lists them. Nothing is started. */
import { edgeModule } from '#platform/edge';
import { Health, healthModule, Metrics, topology } from '#platform/runtime';

export function httpControllers(contexts) {
  const health = new Health({ topology: topology(['edge'], { only: [], except: [] }) });
  const edge = edgeModule({
    messenger: undefined,
    home: undefined,
    contexts,
    settings: { rateLimit: 0, sessions: true },
    imports: [healthModule(health, new Metrics())],
  });
  return [edge, ...edge.imports].flatMap(({ controllers = [] }) => controllers);
}
