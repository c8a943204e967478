import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { socketPath } from './cluster.ts';
import { writeOwned, type EmbeddedHome } from './home.ts';
import {
  freePort,
  isAlive,
  runningPostmaster,
  startPostmaster,
  stopPostmaster,
  untilReady,
  type Postmaster,
} from './postmaster.ts';
import { takeLock } from './start-lock.ts';

export interface EmbeddedPostgres {
  /** Of the administrator, into the home database `septum`: the bootstrap URL. */
  readonly url: string;
  /** The same by Unix socket, for processes of this machine and account; `url` again where there is no socket. */
  readonly localUrl: string;
  readonly port: number;
  /** Where cluster, log and administrator's password lie: `<dataDir>/postgres`, or what that leads to. */
  readonly directory: string;
  /** Of the postmaster now; another one after a crash. */
  pid(): number;
  /** Fast shutdown; also of a server that was adopted. Then another process may own the data. */
  stop(): Promise<void>;
}

/** The server that an earlier process left running on this data. */
export async function adoptable(home: EmbeddedHome): Promise<Postmaster | undefined> {
  const running = await runningPostmaster(home);
  if (!running) return undefined;
  const ready = await untilReady(home, running.pid);
  return typeof ready === 'string' ? undefined : ready;
}

/**
 * Starts the server. Without a port of its own it takes the one it had the last time, so that whoever holds its URL
 * finds it again, or else a free one.
 */
export async function start(home: EmbeddedHome, port: number): Promise<Postmaster> {
  const remembered = path.join(home.directory, 'port');
  const last = Number(await readFile(remembered, 'utf8').catch(() => '0'));
  const started = await firstThatStarts(home, port === 0 ? [last, 0] : [port]);
  await writeOwned(home, remembered, String(started.port));
  return started;
}

/** A server whose postmaster was killed lets go of its memory late; a port can be taken by others at any time. */
async function firstThatStarts(home: EmbeddedHome, ports: readonly number[]): Promise<Postmaster> {
  const deadline = Date.now() + 10_000;
  let candidates = ports;
  for (;;) {
    const [port = 0, ...others] = candidates;
    try {
      return await startPostmaster(home, port === 0 ? await freePort() : port);
    } catch (error) {
      const text = String(error);
      const taken = /could not bind|could not create any TCP/.test(text);
      if (taken && others.length > 0) candidates = others;
      else if (!(taken && port === 0) && !/shared memory block|lock file/.test(text)) throw error;
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

/** Watches the server and starts it again when it died, until it is stopped here or its data is deleted. `disown` then lets others own it. */
export function supervised(
  home: EmbeddedHome,
  first: Postmaster,
  url: string,
  log: (message: string) => void,
  disown: () => Promise<void>,
): EmbeddedPostgres {
  let postmaster = first;
  let stopping = false;
  let restarting: Promise<void> | undefined;
  const watch = setInterval(() => {
    if (stopping || restarting || isAlive(postmaster.pid)) return;
    restarting = restart().finally(() => (restarting = undefined));
  }, 200);
  watch.unref();
  const restart = async () => {
    let release = async () => {};
    try {
      if (!existsSync(home.cluster)) return clearInterval(watch);
      release = await takeLock(startLock(home));
      log(
        `PostgreSQL (process ${postmaster.pid}) ended unexpectedly; starting it again on port ${postmaster.port}.`,
      );
      postmaster = (await adoptable(home)) ?? (await start(home, first.port));
      log(`PostgreSQL is back as process ${postmaster.pid}.`);
    } catch (error) {
      log(`PostgreSQL did not come back; trying again. ${(error as Error).message}`);
    } finally {
      await release();
    }
  };
  const socket = socketPath(home, first.port);
  return {
    url,
    localUrl:
      socket !== undefined && existsSync(socket) ? `${url}?host=${encodeURIComponent(home.directory)}` : url,
    port: first.port,
    directory: home.directory,
    pid: () => postmaster.pid,
    async stop() {
      if (stopping) return;
      stopping = true;
      clearInterval(watch);
      await restarting;
      try {
        if (isAlive(postmaster.pid)) await stopPostmaster(postmaster.pid);
      } finally {
        await disown();
      }
    },
  };
}

export function startLock(home: EmbeddedHome): string {
  return path.join(home.directory, 'start.lock');
}
