import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLog, runAs, serverEnvironment } from './cluster.ts';
import type { EmbeddedHome } from './home.ts';

/** What `postmaster.pid` says. https://www.postgresql.org/docs/18/storage-file-layout.html */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/** The postmaster whose lock file lies in the cluster and that is alive; a lock file left by a dead one is removed. */
export async function runningPostmaster(home: EmbeddedHome): Promise<Postmaster | undefined> {
  const file = path.join(home.cluster, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (!isAlive(pid) || !(await isPostgres(pid))) {
    // PostgreSQL itself trips over a lock file whose pid now belongs to another program, as happens in containers.
    await rm(file, { force: true });
    return undefined;
  }
  return { pid, port: Number(lines[3] ?? 0), status: (lines[7] ?? '').trim() };
}

/** Starts the server and waits until it accepts connections. In a session of its own: Ctrl-C must not reach it. */
export async function startPostmaster(home: EmbeddedHome, port: number): Promise<Postmaster> {
  const log = await openLog(home);
  const child = spawn(home.binaries.postgres, ['-D', home.cluster, '-p', String(port)], {
    ...runAs(home),
    cwd: home.directory,
    detached: true,
    env: serverEnvironment(),
    stdio: ['ignore', log.descriptor, log.descriptor],
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  child.unref();
  await log.close();
  const started = await Promise.race([ended, untilReady(home, child.pid)]);
  if (typeof started !== 'string') return started;
  const tail = (await readFile(log.file, 'utf8').catch(() => '')).trim().split('\n').slice(-6).join('\n');
  throw new Error(`The embedded PostgreSQL did not start: ${started}. The end of ${log.file}:\n${tail}`);
}

/** Waits for a postmaster that is starting; recovery after a crash may take its time. */
export async function untilReady(home: EmbeddedHome, pid: number | undefined): Promise<Postmaster | string> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const running = await runningPostmaster(home);
    if (running && running.pid === pid && running.status === 'ready') return running;
    if (pid !== undefined && !isAlive(pid)) return 'it ended';
    await sleep(10);
  }
  return 'it was not ready within 120 s';
}

/** Fast shutdown: open transactions are rolled back, a checkpoint is written. After 30 s, immediate shutdown. */
export async function stopPostmaster(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  if (await gone(pid, 30_000)) return;
  signal(pid, 'SIGQUIT');
  if (!(await gone(pid, 10_000)))
    throw new Error(`The embedded PostgreSQL (pid ${pid}) does not stop; end it by hand.`);
}

async function gone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(10);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Where there is no `/proc` the lock file is believed. A zombie is not a server. */
async function isPostgres(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (status === undefined) return process.platform !== 'linux';
  return /^\d+ \(postgres\) [^ZX]/.test(status);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
