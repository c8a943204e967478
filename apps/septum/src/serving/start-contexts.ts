import {
  bootContext,
  type Databases,
  type Health,
  type Log,
  type Metrics,
  type RunningContext,
  type Shutdown,
  type Topology,
} from '#platform/runtime';
import { catalogue } from '../catalogue.ts';
import type { Bindings } from './bindings.ts';
import { contextParts } from './context-parts.ts';

export interface ContextsOptions {
  readonly topology: Topology;
  readonly databases: Databases;
  readonly bindings: Bindings;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
  readonly log: Log;
}

/** Boots the contexts of this process; none takes calls before all are found to be sound. */
export async function startContexts(options: ContextsOptions): Promise<readonly RunningContext[]> {
  const { topology, databases, bindings, health, metrics, shutdown, log } = options;
  const running: RunningContext[] = [];
  for (const definition of catalogue.filter(({ name }) => topology.isHere(name))) {
    running.push(
      await bootContext(definition, contextParts(definition, databases), {
        ...bindings,
        health,
        metrics,
        log,
      }),
    );
  }
  for (const { application } of running) await application.listen();
  // Those that are called stop after those that call.
  shutdown.at('drain', () => Promise.all(running.map(({ application }) => application.close())));
  for (const { name, strategy } of running) watch(name, strategy, options);
  return running;
}

function watch(
  name: string,
  strategy: RunningContext['strategy'],
  { databases, health, metrics }: ContextsOptions,
): void {
  const database = databases.open(name);
  const look = async () => {
    await database.query('', { name: 'septum.alive', text: 'select 1' });
    return {
      problems: strategy.isOpen ? [] : ['It takes no calls.'],
      outboxLagMs: 0,
      inboxLagMs: 0,
      parked: 0,
    };
  };
  health.watch(name, look);
  metrics.watch(name, {
    pool: () => {
      const { open, idle, waiting } = database.stats();
      return { total: open, idle, waiting };
    },
    permits: () => ({ inUse: strategy.load.active, limit: strategy.load.active + strategy.load.waiting }),
    lag: look,
  });
}
