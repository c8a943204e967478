import { systemCaller } from '#platform/access';
import { loadPartners } from '#platform/outbound';
import {
  assertCatalogue,
  Health,
  Metrics,
  openDatabases,
  prepareDataDir,
  Shutdown,
  statusContract,
  topology,
  writeRunFile,
  type Databases,
  type Log,
  type OpenDoor,
  type RunFile,
  type Settings,
  type Topology,
} from '#platform/runtime';
import { catalogue } from '../catalogue.ts';
import { parts } from '../parts.ts';
import { openBindings, type Bindings } from './bindings.ts';
import { migrationsOf } from './context-parts.ts';
import { makeDemoData } from './demo-data.ts';
import { openHttpSide } from './http-side.ts';
import { assertMigrated, migrationProblems } from './migrated.ts';
import { assertSafeDatabases } from './safe-databases.ts';
import { PublicAddress } from './public-address.ts';
import { openSharedTransactions } from './shared-transactions.ts';
import { signInUrl } from './sign-in-url.ts';
import { startContexts } from './start-contexts.ts';

/** Septum, or some parts of it, as it runs in this process. */
export interface RunningSeptum {
  readonly url: string;
  /** With a code that opens one session of the console; demo and edge only. */
  readonly consoleUrl?: string;
  readonly topology: Topology;
  readonly shutdown: Shutdown;
}

/** Starts the parts of this process, or throws and leaves nothing running. `progress` is told what takes longer. */
export async function startSeptum(
  settings: Settings,
  log: Log,
  progress: (line: string) => void,
): Promise<RunningSeptum> {
  const planned = topology(parts, settings);
  const shutdown = new Shutdown(log, settings.drainMs);
  try {
    return await start(settings, planned, shutdown, log, progress);
  } catch (error) {
    await shutdown.abandon();
    throw error;
  }
}

async function start(
  settings: Settings,
  planned: Topology,
  shutdown: Shutdown,
  log: Log,
  progress: (line: string) => void,
): Promise<RunningSeptum> {
  assertCatalogue(catalogue);
  const partners = loadPartners(settings);
  prepareDataDir(settings.dataDir);
  const address = publicAddress(settings, planned, log);
  const databases = await openDatabases({ settings, topology: planned, migrationsOf, log });
  shutdown.at('close-pools', () => databases.close());
  await assertSafeDatabases(databases, planned, settings);
  await assertMigrated(databases, planned, settings);
  const bindings = await openBindings({ settings, topology: planned, databases, shutdown, log });
  const health = openHealth(planned, bindings);
  const metrics = new Metrics();
  const shared = openSharedTransactions(databases, planned, shutdown);
  shutdown.at('unready', () => health.stopping());
  const doors = await startContexts({
    settings,
    address,
    partners,
    shared,
    topology: planned,
    databases,
    bindings,
    health,
    metrics,
    shutdown,
    log,
  });
  if (planned.isHere('edge')) watchHome(databases, health);
  const { url, metricsUrl } = await openHttpSide({
    doors,
    address,
    shared,
    settings,
    topology: planned,
    databases,
    messenger: bindings.messenger,
    health,
    metrics,
    shutdown,
  });
  if (settings.profile === 'demo' && planned.isHere('edge')) {
    const { messenger } = bindings;
    const { demoPatients: patients } = settings;
    await makeDemoData({ home: databases.open('edge'), messenger, health, patients, progress });
  }
  health.started();
  const run = runFile(settings, planned, databases, { http: url, metrics: metricsUrl, doors });
  shutdown.at('close-pools', writeRunFile(settings.dataDir, run));
  return { url, topology: planned, shutdown, ...(await consoleUrl(settings, planned, databases, url)) };
}

function runFile(
  { natsUrl }: Settings,
  planned: Topology,
  { bootstrapUrl }: Databases,
  open: { readonly http: string; readonly metrics: string | undefined; readonly doors: readonly OpenDoor[] },
): RunFile {
  const mllp = open.doors.find(({ name }) => name === 'mllp')?.port;
  return {
    pid: process.pid,
    http: open.http,
    ...(mllp === undefined ? {} : { mllp }),
    ...(open.metrics === undefined ? {} : { metrics: open.metrics }),
    parts: planned.here,
    ...(bootstrapUrl === undefined ? {} : { database: bootstrapUrl }),
    ...(natsUrl === undefined ? {} : { nats: natsUrl }),
  };
}

function publicAddress(settings: Settings, planned: Topology, log: Log): PublicAddress {
  if (settings.publicUrl === undefined && planned.here.length < planned.parts.length) {
    log.warn(
      { parts: [...planned.here] },
      'SEPTUM_PUBLIC_URL is not set: parts in other processes take absolute references to this installation for foreign ones',
    );
  }
  return new PublicAddress(settings, planned);
}

function openHealth(planned: Topology, { messenger, nats }: Bindings): Health {
  if (nats === undefined) return new Health({ topology: planned });
  return new Health({
    topology: planned,
    askElsewhere: async (part) =>
      (
        await messenger.call(
          systemCaller(planned.here[0] ?? 'edge'),
          statusContract(part),
          {},
          { deadline: Date.now() + 1_500 },
        )
      ).result,
  });
}

function watchHome(databases: Databases, health: Health): void {
  health.watch('edge', async () => {
    const problems = await migrationProblems(databases, 'edge');
    return { problems, outboxLagMs: 0, inboxLagMs: 0, parked: 0 };
  });
}

async function consoleUrl(settings: Settings, planned: Topology, databases: Databases, url: string) {
  if (settings.profile !== 'demo' || !planned.isHere('edge')) return {};
  return { consoleUrl: await signInUrl(databases.open('edge'), url) };
}
