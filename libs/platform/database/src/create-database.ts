import { Client, escapeIdentifier } from 'pg';

/**
 * Makes a database in the cluster of `adminUrl`, a copy of `template` if one is named: schemas, tables and privileges
 * come along, so a copy of a provisioned and migrated database is ready at once. Nobody may be connected to the
 * template meanwhile.
 *
 * @returns the URL of the administrator into it
 */
export async function createDatabase(adminUrl: string, name: string, template?: string): Promise<string> {
  const copied = template === undefined ? '' : ` template ${escapeIdentifier(template)} strategy wal_log`;
  await maintain(adminUrl, `create database ${escapeIdentifier(name)}${copied}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Also ends the connections to it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await maintain(adminUrl, `drop database if exists ${escapeIdentifier(name)} with (force)`);
}

/** From another database: PostgreSQL neither copies nor drops one that the statement itself is connected to. */
async function maintain(adminUrl: string, statement: string): Promise<void> {
  const url = new URL(adminUrl);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
