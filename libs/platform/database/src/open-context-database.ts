import type { BatchResult } from './batch.ts';
import type { ContextDatabase, Row, RowPolicy, Statement } from './context-database.ts';
import { ContextPool, type PoolStats } from './context-pool.ts';
import { commit, OpenTransaction } from './open-transaction.ts';
import { runBatch } from './run-batch.ts';
import {
  ContextPreparedTransactions,
  PreparedInDatabase,
  type PreparedTransactions,
} from './prepared-transactions.ts';
import { checkedPart } from './provision.ts';
import { begun, setRows } from './row-setting.ts';

export interface ContextDatabaseOptions {
  /** Of the part's login role, see `partUrl`. */
  readonly url: string;
  readonly context: string;
  /** Connections at most. Default 8. */
  readonly poolSize?: number;
  /** Callers that may wait for a connection; one more is refused at once. Default 16 for each connection. */
  readonly waitingLimit?: number;
  /** How long a caller waits for a connection, new or used. Default 3,000 ms. */
  readonly connectTimeoutMs?: number;
  /** Default 10,000 ms. */
  readonly statementTimeoutMs?: number;
  /** Default 5,000 ms. */
  readonly lockTimeoutMs?: number;
  /** One for all contexts of this process whose URLs lead to the same database. */
  readonly preparedInDatabase?: PreparedInDatabase;
}

/** A context's database that its process opened, and closes. */
export interface OpenContextDatabase extends ContextDatabase {
  /** Its half of transactions that span databases or processes. */
  readonly prepared: PreparedTransactions;
  stats(): PoolStats;
  /** Waits for the statements under way. */
  close(): Promise<void>;
}

/**
 * Opens a context's pool. Connections are made when they are needed; each begins seeing no rows, and is told whose
 * rows it may see in the same round trip as the statement that needs it.
 *
 * Every method throws a `Fault`: `unavailable` when the database or the pool has no room, `conflict`, `timeout`,
 * `forbidden` when a write breaks the row policy, else `exception`; `sqlStateOf` and `constraintOf` say more. When the
 * connection is lost under a write (`unavailable`), its outcome is unknown.
 */
export function openContextDatabase(options: ContextDatabaseOptions): OpenContextDatabase {
  const context = options.context;
  const schema = checkedPart(context);
  const pool = new ContextPool({
    ...options,
    name: context,
    size: options.poolSize ?? 8,
    searchPath: schema,
  });

  const batch = (policy: RowPolicy, statements: readonly Statement[]): Promise<readonly BatchResult[]> =>
    pool.use(async (client) => {
      const setting = setRows(client, policy);
      const results = await runBatch(
        client,
        context,
        setting ? [setting.statement, ...statements] : statements,
      );
      setting?.done();
      return setting ? results.slice(1) : results;
    });

  return {
    context,
    schema,
    async query<R extends object = Row>(policy: RowPolicy, statement: Statement): Promise<R[]> {
      const [result] = await batch(policy, [statement]);
      return (result?.rows ?? []) as R[];
    },
    async pipeline<R extends object = Row>(
      policy: RowPolicy,
      statements: readonly Statement[],
    ): Promise<R[][]> {
      return (await batch(policy, statements)).map(({ rows }) => rows as R[]);
    },
    transact: (policy, work) =>
      pool.use(async (client) => {
        const transaction = new OpenTransaction(client, context, begun(client, policy));
        try {
          const result = await work(transaction.handle(context, schema));
          if (!transaction.untouched) await transaction.end(commit, 'COMMIT');
          transaction.runEffects();
          return result;
        } catch (error) {
          await transaction.rollback();
          throw error;
        }
      }),
    prepared: new ContextPreparedTransactions(
      pool,
      context,
      options.preparedInDatabase ?? new PreparedInDatabase(),
    ),
    stats: () => pool.stats(),
    close: () => pool.close(),
  };
}
