import { coordinatorUrl, openCoordinator, type CoordinatorTransactions } from '#platform/database';
import type { Databases, Shutdown, Topology } from '#platform/runtime';
import { coordinatorPoolSize } from './safe-databases.ts';

/** Transactions that the edge and contexts of this process share: one connection, one commit. */
export interface SharedTransactions {
  readonly transactions: CoordinatorTransactions;
  /** Whether the context runs in this process on the home database. */
  covers(context: string): boolean;
}

/** Without the bootstrap URL nobody here may log in as the coordinator: then all transactions take two phases. */
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
