import { Client } from 'pg';

/** What one server has room for. */
export interface ServerLimits {
  readonly maxConnections: number;
  /** Kept by PostgreSQL for superusers and for `pg_use_reserved_connections`. */
  readonly reservedConnections: number;
  /** 0: transactions across processes are impossible. */
  readonly maxPreparedTransactions: number;
}

/** The connections that one part asks for at most. */
export interface PoolDemand {
  readonly name: string;
  readonly size: number;
}

export async function serverLimits(url: string): Promise<ServerLimits> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<ServerLimits>(
      `select current_setting('max_connections')::int as "maxConnections",
              current_setting('superuser_reserved_connections')::int
                + coalesce(current_setting('reserved_connections', true)::int, 0) as "reservedConnections",
              current_setting('max_prepared_transactions')::int as "maxPreparedTransactions"`,
    );
    return rows[0] as ServerLimits;
  } finally {
    await client.end();
  }
}

/**
 * Refuses pools that together want more connections than the server gives.
 *
 * @param pools of one process that lead to this server
 * @param copies processes with these pools. Default 1
 * @throws Error with the arithmetic
 */
export function assertConnectionBudget(
  pools: readonly PoolDemand[],
  limits: Pick<ServerLimits, 'maxConnections' | 'reservedConnections'>,
  copies = 1,
): void {
  const wanted = pools.reduce((sum, { size }) => sum + size, 0) * copies;
  const available = limits.maxConnections - limits.reservedConnections;
  if (wanted <= available) return;
  const sum = pools.map(({ name, size }) => `${name} ${size}`).join(' + ');
  throw new Error(
    `The pools want more connections than PostgreSQL gives: ${copies === 1 ? '' : `${copies} × `}(${sum}) = ${wanted}, ` +
      `but max_connections ${limits.maxConnections} − ${limits.reservedConnections} reserved = ${available}. ` +
      `Make the pools smaller, or raise max_connections to ${wanted + limits.reservedConnections} and restart PostgreSQL.`,
  );
}

/**
 * Refuses a server that cannot prepare transactions: a transaction Bundle over several processes or databases would fail.
 *
 * @throws Error naming the setting and its remedy
 */
export function assertPreparedTransactions(limits: Pick<ServerLimits, 'maxPreparedTransactions'>): void {
  if (limits.maxPreparedTransactions >= fewestPrepared) return;
  throw new Error(
    `PostgreSQL has max_prepared_transactions = ${limits.maxPreparedTransactions}: transactions over several parts need at least ` +
      `${fewestPrepared}. Set it to 64 and restart PostgreSQL.`,
  );
}

/** One for each part, with the rest of a crash beside them. */
const fewestPrepared = 16;
