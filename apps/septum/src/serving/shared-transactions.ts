import { coordinatorUrl, openCoordinator } from '#platform/database';
import type { SharedTransactions } from '#platform/edge';
import type { Databases, Shutdown, Topology } from '#platform/runtime';
import { coordinatorPoolSize } from './safe-databases.ts';

/**
 * One connection and one commit for the contexts that run in this process on the home database. Without the bootstrap
 * URL nobody here may log in as the coordinator: then all transactions take two phases.
 */
export function openSharedTransactions(
  databases: Databases,
  topology: Topology,
  shutdown: Shutdown,
): SharedTransactions | undefined {
  if (databases.bootstrapUrl === undefined || !topology.isHere('edge')) return undefined;
  const transactions = openCoordinator({
    url: coordinatorUrl(databases.bootstrapUrl),
    poolSize: coordinatorPoolSize,
  });
  shutdown.at('close-clients', () => transactions.close());
  const home = placeOf(databases.homeUrlOf('edge'));
  return {
    transactions,
    covers: (context) => topology.isHere(context) && placeOf(databases.urlOf(context)) === home,
  };
}

function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}
