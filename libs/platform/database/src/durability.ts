import { Client, escapeIdentifier } from 'pg';

const oldestVersion = 150_000;

interface Unsafe {
  readonly name: string;
  readonly setting: string;
  /** Where it was set, as `pg_settings.source` puts it. */
  readonly source: string;
  readonly database: string;
  readonly role: string;
}

/**
 * Refuses a PostgreSQL that may lose what it acknowledged: `fsync`, `full_page_writes` or `synchronous_commit` off,
 * for the server, for the database, or for any role of Septum there; or a server older than 15.
 *
 * @param url of any role; what holds for its session counts, and what is set for Septum's other roles
 * @throws Error that names each setting, where it is set, and the statement that puts it right
 */
export async function assertDurable(url: string, rolePrefix = 'septum'): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ number: number; text: string }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as text`,
    );
    const version = rows[0];
    if (version && version.number < oldestVersion) {
      throw new Error(`PostgreSQL ${version.text} is too old: Septum needs 15 or later. Upgrade the server.`);
    }
    const unsafe = [...(await unsafeHere(client)), ...(await unsafeElsewhere(client, rolePrefix))];
    if (unsafe.length > 0) throw new Error(refusal(unsafe));
  } finally {
    await client.end();
  }
}

async function unsafeHere(client: Client): Promise<Unsafe[]> {
  const { rows } = await client.query<Unsafe>(
    `select name, setting, source, current_database() as database, session_user::text as role
       from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'`,
  );
  return rows;
}

/** Settings of roles that log in later: they do not show in this session. */
async function unsafeElsewhere(client: Client, rolePrefix: string): Promise<Unsafe[]> {
  const { rows } = await client.query<Unsafe>(
    `select split_part(config, '=', 1) as name, split_part(config, '=', 2) as setting, current_database() as database,
            coalesce(rolname, '') as role,
            case when setrole = 0 then 'database' when setdatabase = 0 then 'user' else 'database user' end as source
       from pg_db_role_setting cross join unnest(setconfig) as config left join pg_roles r on r.oid = setrole
      where config ~* '^synchronous_commit=(off|false|no|0|f|n|of)$'
        and (setdatabase = 0 or setdatabase = (select oid from pg_database where datname = current_database()))
        and (setrole = 0 or rolname like $1 || '\\_%') and rolname is distinct from session_user`,
    [rolePrefix],
  );
  return rows.filter(({ source }) => source !== 'database');
}

function refusal(unsafe: readonly Unsafe[]): string {
  const each = unsafe.map(
    (found) =>
      `${found.name} is ${found.setting} (set for the ${place(found)}); put it right with: ${remedy(found)}`,
  );
  return `Septum does not start on a PostgreSQL that can lose acknowledged writes. ${each.join('. ')}`;
}

function place({ source, database, role }: Unsafe): string {
  switch (source) {
    case 'database':
      return `database ${database}`;
    case 'user':
      return `role ${role}`;
    case 'database user':
      return `role ${role} in database ${database}`;
    case 'client':
      return 'connection, by its URL or by PGOPTIONS';
    default:
      return `server, by its ${source}`;
  }
}

function remedy({ name, source, database, role }: Unsafe): string {
  const [db, user] = [escapeIdentifier(database), escapeIdentifier(role)];
  switch (source) {
    case 'database':
      return `ALTER DATABASE ${db} RESET ${name};`;
    case 'user':
      return `ALTER ROLE ${user} RESET ${name};`;
    case 'database user':
      return `ALTER ROLE ${user} IN DATABASE ${db} RESET ${name};`;
    case 'client':
      return `a URL without ${name}.`;
    case 'command line':
      return `starting the server without -c ${name}=off.`;
    default:
      return `ALTER SYSTEM SET ${name} = on; SELECT pg_reload_conf();`;
  }
}
