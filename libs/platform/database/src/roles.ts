import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * The roles of a cluster. They are the same for all Septum databases of one cluster, because PostgreSQL's roles are
 * cluster-wide and a database made from a template has to work at once. Two installations that share a production
 * cluster are told apart by `prefix`.
 */
export interface RoleNames {
  /** Owns the schema and its tables, runs the migrations; nobody logs in as it. */
  owner(part: string): string;
  /** Logs in for the part: reads and writes rows, changes no table. */
  login(part: string): string;
  /** Logs in for transactions that several contexts share, works only by `SET LOCAL ROLE`. */
  readonly coordinator: string;
}

export function roleNames(prefix = 'septum'): RoleNames {
  return {
    owner: (part) => `${prefix}_${part}_owner`,
    login: (part) => `${prefix}_${part}`,
    coordinator: `${prefix}_coordinator`,
  };
}

/**
 * The password of a login role, derived from the administrator's: whoever is given the bootstrap URL can log in as
 * each part, without a file to find or a table to read, and every process derives the same. In production nobody
 * holds the bootstrap URL but `septum migrate`; there each part is given its own URL.
 */
export function derivedPassword(adminUrl: string, role: string): string {
  const secret = new URL(adminUrl).password;
  if (secret === '') {
    throw new Error(
      'The bootstrap database URL carries no password, and those of the roles are derived from it. Give a URL with ' +
        "the administrator's password, or one URL per context (SEPTUM_<CONTEXT>_DATABASE_URL).",
    );
  }
  return createHmac('sha256', decodeURIComponent(secret)).update(`septum role ${role}`).digest('base64url');
}

/** The URL by which a part logs in as itself, into the database of `adminUrl`. */
export function roleUrl(adminUrl: string, role: string): string {
  const url = new URL(adminUrl);
  const password = derivedPassword(adminUrl, role);
  url.username = role;
  url.password = password;
  return url.href;
}

/** The URL of one context or of the edge, from the bootstrap URL. */
export function partUrl(adminUrl: string, part: string, prefix?: string): string {
  return roleUrl(adminUrl, roleNames(prefix).login(part));
}

export function coordinatorUrl(adminUrl: string, prefix?: string): string {
  return roleUrl(adminUrl, roleNames(prefix).coordinator);
}

const iterations = 4096;

/**
 * What PostgreSQL keeps of a password, made here so that the password itself is in no statement and no server log.
 * The salt follows from role and password: the same password gives the same verifier, so an unchanged one is seen.
 * https://www.postgresql.org/docs/18/catalog-pg-authid.html
 */
export async function scramVerifier(role: string, password: string): Promise<string> {
  const salt = createHmac('sha256', password).update(`salt ${role}`).digest().subarray(0, 16);
  const salted = await promisify(pbkdf2)(password, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
