import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { derivedPassword, roleNames, scramVerifier, type RoleNames } from './roles.ts';

export interface ProvisionOptions {
  /** Of the role names, when installations share a cluster. Default `septum`. */
  readonly rolePrefix?: string;
  /** Passwords of login roles that are not to be derived from the administrator's: role → password, as in production. */
  readonly passwords?: Readonly<Record<string, string>>;
}

/** A part's name becomes a schema, a role and a piece of SQL. */
export function checkedPart(part: string): string {
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(part)) {
    throw new Error(
      `"${part}" is no name for a part: use lower-case letters, digits and underscores, at most 31.`,
    );
  }
  return part;
}

/**
 * Makes what the parts need in the database of `adminUrl`: for each a schema, a nologin owner of it, a login role that
 * may read and write rows there and nothing anywhere else; and the coordinator role, a member of the login roles that
 * inherits nothing and may only `SET ROLE`. Repeatable, and safe when several processes do it at once.
 *
 * @param adminUrl of a superuser, or of a role with CREATEROLE that owns the database
 */
export async function provision(
  adminUrl: string,
  parts: readonly string[],
  options: ProvisionOptions = {},
): Promise<void> {
  const names = roleNames(options.rolePrefix);
  parts.forEach(checkedPart);
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const verifiers = await loginVerifiers(adminUrl, names, parts, options.passwords ?? {});
    await repeatedly(() => inTransaction(client, () => makeRoles(client, names, parts, verifiers)));
    await repeatedly(() => inTransaction(client, () => makeSchemas(client, names, parts)));
  } finally {
    await client.end();
  }
}

async function loginVerifiers(
  adminUrl: string,
  names: RoleNames,
  parts: readonly string[],
  passwords: Readonly<Record<string, string>>,
): Promise<Map<string, string>> {
  const logins = [...parts.map((part) => names.login(part)), names.coordinator];
  return new Map(
    await Promise.all(
      logins.map(async (role) => {
        const password = passwords[role] ?? derivedPassword(adminUrl, role);
        return [role, await scramVerifier(role, password)] as const;
      }),
    ),
  );
}

async function makeRoles(
  client: Client,
  names: RoleNames,
  parts: readonly string[],
  verifiers: ReadonlyMap<string, string>,
): Promise<void> {
  const owners = parts.map((part) => names.owner(part));
  const existing = await existingRoles(client, [...owners, ...verifiers.keys()]);
  const statements: string[] = [];
  for (const owner of owners) {
    if (!existing.has(owner))
      statements.push(`create role ${owner} nologin`, `grant ${owner} to current_user`);
  }
  for (const [role, verifier] of verifiers) {
    if (!existing.has(role)) {
      statements.push(
        `create role ${role} login noinherit nosuperuser nocreatedb nocreaterole password '${verifier}'`,
      );
    } else if (existing.get(role) !== verifier) {
      statements.push(`alter role ${role} password '${verifier}'`);
    }
  }
  const { rows } = await client.query<{ version: number; member: string }>(
    `select current_setting('server_version_num')::int as version, coalesce(string_agg(granted.rolname, ','), '') as member
       from pg_auth_members m join pg_roles granted on granted.oid = m.roleid join pg_roles r on r.oid = m.member
      where r.rolname = $1`,
    [names.coordinator],
  );
  const memberOf = new Set(rows[0]?.member.split(','));
  // PostgreSQL 15 knows inheritance only as an attribute of the member, which is NOINHERIT.
  const withoutInheriting = (rows[0]?.version ?? 0) >= 160_000 ? ' with inherit false, set true' : '';
  for (const part of parts) {
    if (!memberOf.has(names.login(part))) {
      statements.push(`grant ${names.login(part)} to ${names.coordinator}${withoutInheriting}`);
    }
  }
  if (statements.length > 0) await client.query(statements.join(';\n'));
}

/** Role → stored verifier. Only a superuser sees verifiers; for another administrator each password is set again. */
async function existingRoles(client: Client, roles: readonly string[]): Promise<Map<string, string | null>> {
  const superuser = await client.query<{ on: boolean }>(`select current_setting('is_superuser')::bool as on`);
  const source = superuser.rows[0]?.on
    ? 'rolpassword from pg_authid'
    : 'null::text as rolpassword from pg_roles';
  const found = await client.query<{ rolname: string; rolpassword: string | null }>(
    `select rolname, ${source} where rolname = any($1)`,
    [roles],
  );
  return new Map(found.rows.map((row) => [row.rolname, row.rolpassword]));
}

async function makeSchemas(client: Client, names: RoleNames, parts: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ database: string }>('select current_database() as database');
  const database = client.escapeIdentifier(rows[0]?.database ?? '');
  const statements = [
    'revoke all on schema public from public',
    `revoke create, temporary on database ${database} from public`,
    `grant connect on database ${database} to ${names.coordinator}`,
  ];
  for (const part of parts) {
    const [owner, login, schema] = [names.owner(part), names.login(part), client.escapeIdentifier(part)];
    const byDefault = `alter default privileges for role ${owner}`;
    statements.push(
      `create schema if not exists ${schema} authorization ${owner}`,
      `revoke all on schema ${schema} from public`,
      `grant usage on schema ${schema} to ${login}`,
      `grant connect on database ${database} to ${login}`,
      `${byDefault} revoke execute on functions from public`,
      `${byDefault} in schema ${schema} grant select, insert, update, delete on tables to ${login}`,
      `${byDefault} in schema ${schema} grant usage, select on sequences to ${login}`,
      `${byDefault} in schema ${schema} grant execute on functions to ${login}`,
    );
  }
  // Each part reads the signing keys of the others, and its own private one, from the home database.
  if (parts.includes('edge')) {
    for (const part of parts) statements.push(`grant usage on schema edge to ${names.login(part)}`);
  }
  await client.query(statements.join(';\n'));
}

async function inTransaction(client: Client, work: () => Promise<void>): Promise<void> {
  // The lock holds off those who provision the same database; roles are cluster-wide, see `repeatedly`.
  await client.query(`begin; select pg_advisory_xact_lock(hashtextextended('septum provision', 0))`);
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Provisioning another database of the cluster at the same time touches the same roles, and no lock spans databases. */
async function repeatedly(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const { code = '', message = '' } = error as { code?: string; message?: string };
      const passing = ['42710', '23505', '40P01'].includes(code) || /tuple concurrently/.test(message);
      if (!passing || attempt === 20) throw error;
      await sleep(10 * attempt * (1 + Math.random()));
    }
  }
}
