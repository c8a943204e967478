import pg from 'pg';
import { Batch, type BatchResult } from './batch.ts';
import type { ContextDatabase, Row, RowPolicy, Statement, Transaction } from './context-database.ts';
import { databaseFault, unavailable } from './database-fault.ts';
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
}

export interface PoolStats {
  readonly size: number;
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}

/** A context's database that its process opened, and closes. */
export interface OpenContextDatabase extends ContextDatabase {
  stats(): PoolStats;
  /** Waits for the statements under way. */
  close(): Promise<void>;
}

/**
 * Opens a context's pool. Connections are made when they are needed; each begins seeing no rows, and is told whose
 * rows it may see in the same round trip as the statement that needs it.
 *
 * Every method throws a `Fault`: `unavailable` when the database or the pool has no room, `conflict`, `timeout`, else
 * `exception`; `sqlStateOf` and `constraintOf` say more. When the connection is lost under a write, its outcome is
 * unknown.
 */
export function openContextDatabase(options: ContextDatabaseOptions): OpenContextDatabase {
  const context = options.context;
  const schema = checkedPart(context);
  const size = options.poolSize ?? 8;
  const waitingLimit = options.waitingLimit ?? size * 16;
  const pool = new pg.Pool(poolConfig(options, size));
  // A lost connection is reported to whoever used it; without these listeners Node would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));

  async function onConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    if (pool.ending) throw unavailable(context, 'this process is shutting down');
    if (pool.waitingCount >= waitingLimit)
      throw unavailable(context, 'too many requests wait for its database');
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw databaseFault(error, context);
    }
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(client.getTransactionStatus() !== 'I');
      throw error;
    }
  }

  async function batch(policy: RowPolicy, statements: readonly Statement[]): Promise<readonly BatchResult[]> {
    return onConnection(async (client) => {
      const setting = setRows(client, policy);
      const batched = setting ? [setting.statement, ...statements] : statements;
      try {
        const results = await new Batch(batched).run(client);
        setting?.done();
        return setting ? results.slice(1) : results;
      } catch (error) {
        throw databaseFault(error, context, statements.map(({ name }) => name ?? 'a statement').join(', '));
      }
    });
  }

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
    transact: (policy, work) => onConnection((client) => transact(client, context, schema, policy, work)),
    stats: () => ({ size, open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => (pool.ending ? Promise.resolve() : pool.end()),
  };
}

async function transact<T>(
  client: pg.PoolClient,
  context: string,
  schema: string,
  policy: RowPolicy,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const effects: (() => void)[] = [];
  // `BEGIN` travels with the first statement, so a transaction of one statement takes two round trips, not three.
  let opening: readonly Statement[] = begun(client, policy);
  const run = async (statement: Statement): Promise<BatchResult> => {
    const before = opening;
    opening = [];
    const results = await new Batch([...before, statement]).run(client).catch((error: unknown) => {
      throw databaseFault(error, context, statement.name);
    });
    const last = results.at(-1);
    if (!last) throw new Error('A batch answers every statement.');
    return last;
  };
  const transaction: Transaction = {
    context,
    schema,
    query: async <R extends object = Row>(statement: Statement) => (await run(statement)).rows as R[],
    afterCommit: (effect) => void effects.push(effect),
  };
  let result: T;
  try {
    result = await work(transaction);
  } catch (error) {
    if (opening.length === 0) await new Batch([{ text: 'rollback' }]).run(client).catch(() => undefined);
    throw error;
  }
  if (opening.length === 0) await commit(run);
  effects.forEach(runEffect);
  return result;
}

/** What is committed is committed: an effect that throws cannot turn it into a failure. */
function runEffect(effect: () => void): void {
  try {
    effect();
  } catch (error) {
    process.emitWarning(`An effect after a commit failed: ${(error as Error).name}`);
  }
}

async function commit(run: (statement: Statement) => Promise<BatchResult>): Promise<void> {
  const { command } = await run({ name: 'septum.commit', text: 'commit' });
  // PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, and with no error.
  if (command !== 'COMMIT') {
    throw databaseFault(
      new Error('A statement of the transaction failed and the failure was swallowed.'),
      'this transaction',
    );
  }
}

function poolConfig(options: ContextDatabaseOptions, size: number): pg.PoolConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  const settings = {
    search_path: options.context,
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    'septum.rows': '',
    lock_timeout: options.lockTimeoutMs ?? 5_000,
    statement_timeout: statementTimeoutMs,
  };
  return {
    connectionString: options.url,
    pipeline: true,
    max: size,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 3_000,
    // The server ends slow statements; this ends the wait for a server that has gone silent.
    query_timeout: 2 * statementTimeoutMs + 2_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: `septum ${options.context}`,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  };
}
