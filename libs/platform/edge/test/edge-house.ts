import { issueToken, type TokenRequest } from '#platform/access';
import { migrate, openContextDatabase, partUrl, provision } from '#platform/database';
import { LocalSwitchboard, Messenger } from '#platform/messaging';
import { defineContext, type ContextDefinition } from '#platform/runtime';
import { createEdge, edgeMigrations, loadSigningKey, type EdgeDependencies } from '#platform/edge';
import { openHouseDatabase } from '#platform/testing';

const contexts: readonly ContextDefinition[] = [
  defineContext({ name: 'patients', types: ['Patient'] }),
  defineContext({ name: 'clinical', types: ['Observation'] }),
  defineContext({ name: 'transitions', types: ['Binary'] }),
];

/** The edge on a home database of its own, with contexts that nobody serves: for what the edge does by itself. */
export async function openEdgeHouse(
  options: Partial<Pick<EdgeDependencies, 'imports'>> & {
    consoleFolder?: string;
    rateLimit?: number;
    databaseUrl?: string;
  } = {},
) {
  const postgres =
    options.databaseUrl === undefined
      ? await openHouseDatabase({ migrated: false })
      : { url: options.databaseUrl, drop: () => Promise.resolve() };
  await provision(postgres.url, ['edge', 'patients', 'clinical']);
  await migrate(postgres.url, 'edge', edgeMigrations);
  const home = openContextDatabase({ url: partUrl(postgres.url, 'edge'), context: 'edge' });
  const tokenKey = await loadSigningKey(home, 'edge', 'token');
  const { consoleFolder, rateLimit = 0, imports = [] } = options;
  const edge = await createEdge({
    messenger: new Messenger({ switchboard: new LocalSwitchboard() }),
    home,
    contexts,
    settings: {
      rateLimit,
      sessions: true,
      publicUrl: () => `http://127.0.0.1:${port}`,
      ...(consoleFolder === undefined ? {} : { consoleFolder }),
    },
    imports,
  });
  const port: number = await edge.listen('127.0.0.1', 0);
  return {
    edge,
    home,
    port,
    tokenKey,
    databaseUrl: postgres.url,
    url: `http://127.0.0.1:${port}`,
    token: (request: Partial<TokenRequest> = {}) =>
      issueToken(tokenKey, {
        subject: 'client/test',
        kind: 'client',
        client: 'client/test',
        scopes: ['system/*.cruds'],
        lifetimeSeconds: 600,
        ...request,
      }),
    async close() {
      await edge.close();
      await home.close();
      await postgres.drop();
    },
  };
}

export type EdgeHouse = Awaited<ReturnType<typeof openEdgeHouse>>;
