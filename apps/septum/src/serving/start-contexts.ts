import { systemCaller } from '#platform/access';
import { EventExchange, JetStreams } from '#platform/messaging';
import type { Partners } from '#platform/outbound';
import {
  bootContext,
  type ContextDefinition,
  type Databases,
  type Door,
  type Health,
  type Log,
  type Metrics,
  type OpenDoor,
  type PartFindings,
  type RunningContext,
  type Settings,
  type Shutdown,
  type Topology,
} from '#platform/runtime';
import { catalogue } from '../catalogue.ts';
import type { Bindings } from './bindings.ts';
import { contextParts } from './context-parts.ts';
import type { PublicAddress } from './public-address.ts';
import { migrationProblems } from './migrated.ts';
import type { SharedTransactions } from './shared-transactions.ts';

export interface ContextsOptions {
  readonly settings: Settings;
  readonly topology: Topology;
  readonly databases: Databases;
  readonly bindings: Bindings;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
  readonly log: Log;
  readonly shared: SharedTransactions | undefined;
  readonly address: PublicAddress;
  readonly partners: Partners;
}

/** The patterns that any context hears, wherever it runs. */
const heard = catalogue.flatMap(({ hears = [] }) => hears.map(({ pattern }) => pattern));

/** Boots the contexts of this process; none takes calls before all are found to be sound. Answers the doors it opened. */
export async function startContexts(options: ContextsOptions): Promise<readonly OpenDoor[]> {
  const { topology, databases, bindings, health, metrics, shutdown, log, shared, address, partners } =
    options;
  let events: EventExchange | undefined;
  const running: RunningContext[] = [];
  const definitions = catalogue.filter(({ name }) => topology.isHere(name));
  for (const definition of definitions) {
    const parts = await contextParts(definition, {
      databases,
      shutdown,
      shared,
      address,
      partners,
      poke: () => events?.poke(definition.name),
    });
    running.push(await bootContext(definition, parts, { ...bindings, health, metrics, log }));
  }
  events = openEvents(running, options);
  for (const { application } of running) await application.listen();
  // Listeners call other contexts, so they end first: a call under way is finished, then the leases go to other copies.
  shutdown.at('stop-admitting', () => events.stop());
  shutdown.at('drain', () => Promise.all(running.map(({ application }) => application.close())));
  await events.start();
  for (const context of running) watch(context, events, options);
  const doors = definitions.flatMap((definition, at) => doorsOf(definition, running[at]!));
  shutdown.at('stop-admitting', () => Promise.all(doors.map((door) => door.close())));
  return (await Promise.all(doors.map((door) => door.open(options.settings)))).flat();
}

function doorsOf({ doors = [] }: ContextDefinition, { application }: RunningContext): readonly Door[] {
  return doors.map((door) => application.get(door));
}

function openEvents(
  running: readonly RunningContext[],
  { databases, bindings, log }: ContextsOptions,
): EventExchange {
  return new EventExchange({
    parts: running.map(({ name, strategy }) => ({
      name,
      database: databases.open(name),
      caller: systemCaller(name),
      handlers: strategy.getHandlers(),
    })),
    ...(bindings.nats === undefined
      ? {}
      : { streams: new JetStreams({ connection: bindings.nats.connection, heard }) }),
    onError: (where, error) => log.warn({ component: where, error }, 'events are held up; tried again'),
  });
}

/** Tells health and metrics how a context is. */
function watch(
  { name, strategy }: RunningContext,
  events: EventExchange,
  { databases, health, metrics, topology }: ContextsOptions,
): void {
  const database = databases.open(name);
  const look = async (): Promise<PartFindings> => {
    const [behind, lag] = await Promise.all([migrationProblems(databases, name), events.lagOf(name)]);
    const closed = strategy.isOpen ? [] : ['It takes no calls.'];
    const unheard = strategy.isHeard ? [] : ['It is not reached over NATS.'];
    // Beside the edge it still answers what comes in here; alone it answers nobody.
    const [problems, impairments] = topology.isHere('edge')
      ? [[...closed, ...behind], unheard]
      : [[...closed, ...behind, ...unheard], []];
    return { problems, impairments, ...lag };
  };
  health.watch(name, look);
  metrics.watch(name, {
    pool: () => {
      const { open, idle, waiting } = database.stats();
      return { total: open, idle, waiting };
    },
    permits: () => ({ inUse: strategy.load.active, waiting: strategy.load.waiting }),
    lag: () => events.lagOf(name),
    prepared: () => database.prepared.list(),
  });
}
