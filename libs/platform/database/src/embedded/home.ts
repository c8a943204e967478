import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readlink, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { accountOf, isRoot, unprivilegedAccount, type Account } from './account.ts';
import { binariesInPlace, copiedBinaries, type Binaries } from './binaries.ts';

/** Where one embedded PostgreSQL lives, and as whom it runs. */
export interface EmbeddedHome {
  /** Holds `cluster`, `postgres.log`, `admin-password`. */
  readonly directory: string;
  readonly cluster: string;
  /** Absent: PostgreSQL runs as we do. */
  readonly account?: Account;
  readonly binaries: Binaries;
}

const sharedRoot = '/var/lib/septum';

/**
 * As an ordinary user: `<dataDir>/postgres`. As root PostgreSQL runs under another account, which cannot enter a 0700
 * `/root`: then `<dataDir>/postgres` is a symbolic link to `/var/lib/septum/<hash of the data directory>`, and the
 * binaries are copied to `/var/lib/septum/postgresql-<version>`. A cluster that an ordinary user made stays where it
 * is and is run as that user.
 */
export async function embeddedHome(dataDir: string): Promise<EmbeddedHome> {
  await mkdir(dataDir, { recursive: true });
  const entry = path.join(await realpath(dataDir), 'postgres');
  return isRoot() ? homeForRoot(entry) : homeForUser(entry);
}

async function homeForUser(directory: string): Promise<EmbeddedHome> {
  const link = await readlink(directory).catch(() => undefined);
  if (link !== undefined && (await stat(directory).catch(() => undefined))?.uid !== process.getuid?.()) {
    throw new Error(
      `${directory} leads to ${link}, which Septum made while it ran as root. Run it as root again, or choose another ` +
        'SEPTUM_DATA_DIR.',
    );
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return { directory, cluster: path.join(directory, 'cluster'), binaries: await binariesInPlace(directory) };
}

async function homeForRoot(entry: string): Promise<EmbeddedHome> {
  await mkdir(sharedRoot, { recursive: true, mode: 0o755 });
  await chmod(sharedRoot, 0o755);
  const binaries = await copiedBinaries(sharedRoot);
  const found = await lstat(entry).catch(() => undefined);
  if (found?.isDirectory()) {
    const account = found.uid === 0 ? undefined : accountOf(found.uid);
    if (!account) {
      throw new Error(
        `${entry} belongs to ${found.uid === 0 ? 'root' : `uid ${found.uid}, which is not in /etc/passwd`}, and ` +
          'PostgreSQL cannot run as that. Give the folder to an account of this machine (chown -R), or choose another ' +
          'SEPTUM_DATA_DIR.',
      );
    }
    return { directory: entry, cluster: path.join(entry, 'cluster'), account, binaries };
  }
  const directory = found ? await readlink(entry) : path.join(sharedRoot, hash(path.dirname(entry)));
  const account = await ownedHome(directory);
  if (!found) await symlink(directory, entry);
  return { directory, cluster: path.join(directory, 'cluster'), account, binaries };
}

/** Makes the folder if it is missing; its owner is who PostgreSQL runs as, for as long as the cluster exists. */
async function ownedHome(directory: string): Promise<Account> {
  const found = await stat(directory).catch(() => undefined);
  const owner = found && found.uid !== 0 ? accountOf(found.uid) : undefined;
  if (owner) return owner;
  const account = unprivilegedAccount();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chown(directory, account.uid, account.gid);
  return account;
}

/** Gives a file to whom PostgreSQL runs as, also so that an ordinary user finds nothing of root's among its own. */
export async function own(home: EmbeddedHome, file: string): Promise<void> {
  if (home.account) await chown(file, home.account.uid, home.account.gid);
}

/** Durable, and readable by nobody else. */
export async function writeOwned(home: EmbeddedHome, file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600, flush: true });
  await own(home, file);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
