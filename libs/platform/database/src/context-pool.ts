import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { databaseFault, unavailable } from './database-fault.ts';
import { giveBack } from './run-batch.ts';

export interface PoolOptions {
  readonly url: string;
  /** In the texts of faults, and as `application_name` in PostgreSQL's views. */
  readonly name: string;
  /** Connections at most. */
  readonly size: number;
  /** Callers that may wait for a connection; one more is refused at once. Default 16 for each connection. */
  readonly waitingLimit?: number;
  /** How long a caller waits for a connection, new or used. Default 3,000 ms. */
  readonly connectTimeoutMs?: number;
  /** Default 10,000 ms. */
  readonly statementTimeoutMs?: number;
  /** Default 5,000 ms. */
  readonly lockTimeoutMs?: number;
  readonly searchPath: string;
}

export interface PoolStats {
  readonly size: number;
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}

/** `pg`'s pool, with a bounded queue and with faults instead of its errors. */
export class ContextPool {
  private readonly pool: Pool;
  private readonly options: PoolOptions;
  private readonly waitingLimit: number;

  constructor(options: PoolOptions) {
    this.options = options;
    this.waitingLimit = options.waitingLimit ?? options.size * 16;
    this.pool = new Pool(poolConfig(options));
    // A lost connection is reported to whoever used it; without these listeners Node would end the process.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async take(): Promise<PoolClient> {
    if (this.pool.ending) throw unavailable(this.options.name, 'this process is shutting down');
    if (this.pool.waitingCount >= this.waitingLimit) {
      throw unavailable(this.options.name, 'too many requests wait for its database');
    }
    try {
      return await this.pool.connect();
    } catch (error) {
      throw databaseFault(error, this.options.name);
    }
  }

  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.take();
    try {
      return await work(client);
    } finally {
      giveBack(client);
    }
  }

  stats(): PoolStats {
    const { totalCount: open, idleCount: idle, waitingCount: waiting } = this.pool;
    return { size: this.options.size, open, idle, waiting };
  }

  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }
}

function poolConfig(options: PoolOptions): PoolConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  const settings = {
    search_path: options.searchPath,
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    'septum.rows': '',
    lock_timeout: options.lockTimeoutMs ?? 5_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    // Left to itself the server plans the searches of the store anew each time, at twice the cost of running them.
    plan_cache_mode: 'force_generic_plan',
  };
  return {
    connectionString: options.url,
    pipeline: true,
    max: options.size,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 3_000,
    // The server ends slow statements; this ends the wait for a server that has gone silent.
    query_timeout: 2 * statementTimeoutMs + 2_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: `septum ${options.name}`,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  };
}
