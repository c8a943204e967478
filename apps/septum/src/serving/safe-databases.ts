import {
  assertConnectionBudget,
  assertDurable,
  assertPreparedTransactions,
  serverLimits,
} from '#platform/database';
import type { Databases, Settings, Topology } from '#platform/runtime';

/** Connections beside the pools of the parts: transactions that several parts share. */
export const coordinatorPoolSize = 4;

/** Refuses databases that may lose what they acknowledged, that cannot prepare, or that have fewer connections than the pools want. */
export async function assertSafeDatabases(
  databases: Databases,
  topology: Topology,
  settings: Settings,
): Promise<void> {
  const byServer = Map.groupBy(topology.here, (part) => {
    const { host, pathname } = new URL(databases.urlOf(part));
    return `${host}${pathname}`;
  });
  for (const parts of byServer.values()) {
    const url = databases.urlOf(parts[0] ?? 'edge');
    await assertDurable(url);
    const pools = parts.map((name) => ({ name, size: settings.poolSize }));
    const shared = topology.isHere('edge')
      ? [{ name: 'shared transactions', size: coordinatorPoolSize }]
      : [];
    const limits = await serverLimits(url);
    assertPreparedTransactions(limits);
    assertConnectionBudget([...pools, ...shared], limits);
  }
}
