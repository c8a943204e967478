import pg, { Client } from 'pg';
import { DataSource } from 'typeorm';
import type { MigrationClass } from './data-source.ts';
import { checkedPart } from './provision.ts';
import { TransactionMarker1763800000000 } from './transaction-marker.migration.ts';
import { roleNames } from './roles.ts';
import { SilentLogger } from './silent-logger.ts';

export interface MigrateOptions {
  /** As given to `provision`. Default `septum`. */
  readonly rolePrefix?: string;
  /** How long a migration waits for a lock on a table before it gives up. Default 5,000 ms. */
  readonly lockTimeoutMs?: number;
}

/** What this library needs in every part's schema, before all else. */
const own: readonly MigrationClass[] = [TransactionMarker1763800000000];

/** What a part's database has been brought to. */
export interface MigrationState {
  readonly applied: readonly string[];
  /** Known to this program and not applied. */
  readonly pending: readonly string[];
  /** Applied and not known to this program: the database is newer than it. */
  readonly unknown: readonly string[];
}

/**
 * Brings a part's schema up to this program: runs the migrations that are missing, each in its own transaction, as the
 * owner of the schema, while no other process migrates the same part.
 *
 * @param adminUrl of a role that may `SET ROLE` to the part's owner, as the one that provisioned it may
 * @returns the names of those that were run now
 * @throws Error when the database knows a migration that this program does not: an older program must not touch it
 */
export async function migrate(
  adminUrl: string,
  part: string,
  migrations: readonly MigrationClass[],
  options: MigrateOptions = {},
): Promise<readonly string[]> {
  const schema = checkedPart(part);
  const session = `-c role=${roleNames(options.rolePrefix).owner(part)} -c search_path=${schema} -c TimeZone=UTC`;
  const client = new Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: 10_000,
    options: session,
  });
  await client.connect();
  try {
    if (outstanding(await migrationState(client, part, migrations), part).length === 0) return [];
    // A lock of the session, not of a transaction: it spans the transactions of all migrations.
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`septum migrate ${schema}`]);
    const pending = outstanding(await migrationState(client, part, migrations), part);
    if (pending.length === 0) return [];
    await runPending(
      adminUrl,
      schema,
      migrations,
      `${session} -c lock_timeout=${options.lockTimeoutMs ?? 5_000}`,
    );
    const login = roleNames(options.rolePrefix).login(part);
    await client.query(`revoke insert, update, delete on ${schema}.migrations from ${login}`);
    return pending;
  } finally {
    await client.end();
  }
}

/** Answers for readiness too: any connection that may read the part's `migrations` table will do. */
export async function migrationState(
  client: Pick<Client, 'query'>,
  part: string,
  migrations: readonly MigrationClass[],
): Promise<MigrationState> {
  const known = [...own, ...migrations].map((migration) => new migration().name ?? migration.name);
  const table = `${checkedPart(part)}.migrations`;
  const exists = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    table,
  ]);
  if (!exists.rows[0]?.found) return { applied: [], pending: known, unknown: [] };
  const { rows } = await client.query<{ name: string }>(`select name from ${table} order by id`);
  const applied = rows.map(({ name }) => name);
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

function outstanding(state: MigrationState, part: string): readonly string[] {
  if (state.unknown.length > 0) {
    throw new Error(
      `The database of ${part} is newer than this program: it has had ${state.unknown.join(', ')}. ` +
        'Start the version of Septum that made these, or a later one.',
    );
  }
  return state.pending;
}

async function runPending(
  adminUrl: string,
  schema: string,
  migrations: readonly MigrationClass[],
  session: string,
): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    driver: pg,
    url: adminUrl,
    schema,
    migrations: [...own, ...migrations],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    logging: false,
    logger: new SilentLogger(),
    applicationName: `septum migrate ${schema}`,
    extra: { max: 1, options: session },
  });
  await source.initialize();
  try {
    await source.runMigrations();
  } finally {
    await source.destroy();
  }
}
