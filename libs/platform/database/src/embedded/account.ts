import { readFileSync } from 'node:fs';

/** The operating system account that PostgreSQL runs under. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** In this order: `nobody` exists in the smallest Debian root, the others are better because nothing else uses them. */
const preferredAccounts = ['septum', 'postgres', 'nobody'];

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * PostgreSQL refuses to run as root, and `initdb` fails for a uid without an entry in `/etc/passwd`: so, as root, an
 * existing unprivileged account.
 *
 * @throws Error saying which accounts were looked for
 */
export function unprivilegedAccount(passwd = readFileSync('/etc/passwd', 'utf8')): Account {
  const accounts = parsePasswd(passwd);
  for (const name of preferredAccounts) {
    const account = accounts.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (account) return account;
  }
  throw new Error(
    `PostgreSQL does not run as root, and none of the accounts ${preferredAccounts.join(', ')} is in /etc/passwd. ` +
      'Create one (useradd --system septum), run Septum as an ordinary user, or give it a PostgreSQL by SEPTUM_DATABASE_URL.',
  );
}

/** The account with this uid: the owner of a cluster made earlier by an ordinary user. */
export function accountOf(uid: number, passwd = readFileSync('/etc/passwd', 'utf8')): Account | undefined {
  return parsePasswd(passwd).find((account) => account.uid === uid);
}

function parsePasswd(passwd: string): Account[] {
  return passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid = '', gid = '']) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
