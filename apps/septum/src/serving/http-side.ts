import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HttpGuard, TokenVerifier } from '#platform/access';
import { openContextDatabase } from '#platform/database';
import { createEdge, tokenKeyFinder } from '#platform/edge';
import { packageRoot } from '#platform/fhir';
import type { Messenger } from '#platform/messaging';
import {
  assertDeclaredPorts,
  createProbeServer,
  healthModule,
  serveMetrics,
  type Databases,
  type Health,
  type Metrics,
  type OpenDoor,
  type Settings,
  type Shutdown,
  type Topology,
} from '#platform/runtime';
import { catalogue } from '../catalogue.ts';
import { listeningUrl, type PublicAddress } from './public-address.ts';
import type { SharedTransactions } from './shared-transactions.ts';

export interface HttpSideOptions {
  readonly settings: Settings;
  readonly topology: Topology;
  readonly databases: Databases;
  readonly messenger: Messenger;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
  readonly shared: SharedTransactions | undefined;
  readonly address: PublicAddress;
  /** What is open beside HTTP. */
  readonly doors: readonly OpenDoor[];
}

/** Where this process answers HTTP. */
export interface HttpSide {
  /** e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly metricsUrl?: string;
}

/** The edge where it is part of this process, else the probes; and the metrics' own port in production. */
export async function openHttpSide(options: HttpSideOptions): Promise<HttpSide> {
  const { settings, topology, shutdown, metrics } = options;
  const port = await (topology.isHere('edge') ? listenWithEdge(options) : listenWithProbes(options));
  const url = listeningUrl(settings, port);
  const beside = options.doors.map((door) => door.port);
  if (settings.profile === 'demo') {
    assertDeclaredPorts([port, ...beside]);
    return { url };
  }
  const own = await serveMetrics(metrics, settings.httpHost, settings.metricsPort);
  shutdown.at('close-clients', () => own.close());
  assertDeclaredPorts([port, own.port, ...beside]);
  return { url, metricsUrl: `${listeningUrl(settings, own.port)}/metrics` };
}

async function listenWithEdge({
  settings,
  shared,
  address,
  databases,
  messenger,
  health,
  metrics,
  shutdown,
}: HttpSideOptions): Promise<number> {
  const consoleFolder = join(packageRoot(import.meta.url), 'apps', 'console', 'dist');
  const edge = await createEdge({
    messenger,
    ...(shared === undefined ? {} : { shared }),
    home: databases.open('edge'),
    contexts: catalogue,
    settings: {
      rateLimit: settings.rateLimit,
      sessions: settings.profile === 'demo',
      publicUrl: () => address.url ?? '',
      ...(existsSync(join(consoleFolder, 'index.html')) ? { consoleFolder } : {}),
    },
    imports: [healthModule(health, settings.profile === 'demo' ? metrics : undefined)],
  });
  shutdown.at('close-connections', () => edge.beginDraining());
  shutdown.at('stop-admitting', () => edge.close());
  const port = await edge.listen(settings.httpHost, settings.httpPort);
  address.listensAt(listeningUrl(settings, port));
  return port;
}

async function listenWithProbes({
  settings,
  topology,
  databases,
  health,
  metrics,
  shutdown,
}: HttpSideOptions): Promise<number> {
  const part = topology.here[0] ?? '';
  // The keys are in the home database, which need not be this part's.
  const home = openContextDatabase({ url: databases.homeUrlOf(part), context: part, poolSize: 1 });
  shutdown.at('close-pools', () => home.close());
  const guard = new HttpGuard(new TokenVerifier(tokenKeyFinder(home)));
  const server = await createProbeServer(health, settings.profile === 'demo' ? metrics : undefined, guard);
  shutdown.at('close-clients', () => server.close());
  return server.listen(settings.httpHost, settings.httpPort);
}
