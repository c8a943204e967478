import type { Client, PoolClient } from 'pg';
import { Batch, type BatchResult } from './batch.ts';
import type { Statement } from './context-database.ts';
import { databaseFault } from './database-fault.ts';

/** Connections that failed: PostgreSQL says that it closes one before the socket says so. */
const broken = new WeakSet<Client>();

/** The statements in one round trip and, unless they begin one, in one transaction of their own; errors as faults. */
export async function runBatch(
  client: Client,
  context: string,
  statements: readonly Statement[],
): Promise<readonly BatchResult[]> {
  let batch: Batch | undefined;
  try {
    batch = new Batch(statements);
    return await batch.run(client);
  } catch (error) {
    const fault = databaseFault(error, context, batch?.failed);
    if (fault.kind === 'unavailable') broken.add(client);
    throw fault;
  }
}

/** Back to its pool, or closed, when it failed or a transaction may still be open on it. */
export function giveBack(client: PoolClient): void {
  client.release(broken.has(client) || client.getTransactionStatus() !== 'I');
}
