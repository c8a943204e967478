import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';
import { own, writeOwned, type EmbeddedHome } from './home.ts';

/** The superuser of an embedded cluster; the bootstrap URL names it. */
export const adminRole = 'septum_admin';
const majorVersion = '18';

/** Creates the cluster when there is none, and (re)writes its settings. Answers the administrator's password. */
export async function prepareCluster(home: EmbeddedHome): Promise<string> {
  const version = await readFile(path.join(home.cluster, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined && version.trim() !== majorVersion) {
    throw new Error(
      `The data in ${home.cluster} was made by PostgreSQL ${version.trim()}; this Septum brings PostgreSQL ` +
        `${majorVersion}. Start the Septum that made it and take a backup, then restore it into a new SEPTUM_DATA_DIR.`,
    );
  }
  const passwordFile = path.join(home.directory, 'admin-password');
  if (version === undefined) await createCluster(home, passwordFile);
  await writeSettings(home);
  try {
    return (await readFile(passwordFile, 'utf8')).trim();
  } catch (cause) {
    throw new Error(
      `${passwordFile} is missing, so nobody can log in to the embedded PostgreSQL. Restore the file.`,
      {
        cause,
      },
    );
  }
}

async function createCluster(home: EmbeddedHome, passwordFile: string): Promise<void> {
  // `initdb` works beside the final place, so that one that was killed half-way leaves nothing that looks like a cluster.
  const unfinished = `${home.cluster}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await writeOwned(home, passwordFile, `${randomBytes(24).toString('base64url')}\n`);
  await run(home, home.binaries.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${adminRole}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
  ]);
  await rename(unfinished, home.cluster);
}

/**
 * All of Septum's settings go into `postgresql.conf`, written anew at each start; what an operator changes by
 * `ALTER SYSTEM` is in `postgresql.auto.conf`, wins, and is checked by `assertDurable`.
 */
async function writeSettings(home: EmbeddedHome): Promise<void> {
  const settings: Record<string, string | number> = {
    listen_addresses: "'127.0.0.1'",
    unix_socket_directories: `'${socketPath(home, 0) === undefined ? '' : home.directory}'`,
    // Thirteen parts with eight connections each, twice over while one copy replaces another.
    max_connections: 300,
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    wal_level: 'logical',
    max_wal_senders: 20,
    max_replication_slots: 20,
    max_prepared_transactions: 128,
    max_wal_size: "'2GB'",
    // After a crash all files are made durable first: one by one that takes seconds for each dozen of databases.
    recovery_init_sync_method: process.platform === 'linux' ? 'syncfs' : 'fsync',
    shared_buffers: `'${Math.max(64, Math.min(256, Math.floor(totalmem() / 2 ** 20 / 8)))}MB'`,
    random_page_cost: 1.1,
    max_parallel_workers_per_gather: 0,
    jit: 'off',
    password_encryption: "'scram-sha-256'",
    timezone: "'UTC'",
    log_timezone: "'UTC'",
    datestyle: "'ISO, MDY'",
    // An ERROR's text can quote a value out of a row: the log gets what concerns the server (LOG, FATAL, PANIC) only.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  await writeOwned(home, path.join(home.cluster, 'postgresql.conf'), `${lines.join('\n')}\n`);
  await writeOwned(
    home,
    path.join(home.cluster, 'pg_hba.conf'),
    'host all all 127.0.0.1/32 scram-sha-256\nlocal all all scram-sha-256\n',
  );
}

/** The socket, unless the operating system's 103 characters are too few or a character in it would need quoting. */
export function socketPath(home: EmbeddedHome, port: number): string | undefined {
  const socket = path.join(home.directory, `.s.PGSQL.${port || 65_535}`);
  return socket.length <= 103 && /^[\w./@+ -]+$/.test(socket) ? socket : undefined;
}

/** The environment of PostgreSQL's programs: nothing of ours, so no secret and no `PG*` variable reaches them. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

export function runAs(home: EmbeddedHome): { uid?: number; gid?: number } {
  return home.account ? { uid: home.account.uid, gid: home.account.gid } : {};
}

function run(home: EmbeddedHome, program: string, programArguments: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArguments, {
      ...runAs(home),
      cwd: home.directory,
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', (cause) =>
      reject(new Error(`${program} could not be started: ${cause.message}`, { cause })),
    );
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(program)} ended with ${code ?? signal}: ${errors.trim()}`));
    });
  });
}

const logLimitBytes = 8 * 2 ** 20;

/** The server's log, begun anew when it has grown large. */
export async function openLog(
  home: EmbeddedHome,
): Promise<{ file: string; descriptor: number; close(): Promise<void> }> {
  const file = path.join(home.directory, 'postgres.log');
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  const handle = await open(file, size > logLimitBytes ? 'w' : 'a', 0o600);
  await own(home, file);
  return { file, descriptor: handle.fd, close: () => handle.close() };
}
