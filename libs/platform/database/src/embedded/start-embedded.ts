import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { adminRole, prepareCluster } from './cluster.ts';
import { embeddedHome, type EmbeddedHome } from './home.ts';
import { takeLock } from './start-lock.ts';
import {
  freePort,
  isAlive,
  runningPostmaster,
  startPostmaster,
  stopPostmaster,
  untilReady,
  type Postmaster,
} from './postmaster.ts';

export interface EmbeddedOptions {
  /** `SEPTUM_DATA_DIR`; the cluster lies in `<dataDir>/postgres`. */
  readonly dataDir: string;
  /** 0 or absent: a free one. A server that is already running keeps its own. */
  readonly port?: number;
  /** Told of adoption, of a crash and of the restart after it, one sentence each. */
  readonly log?: (message: string) => void;
}

export interface EmbeddedPostgres {
  /** Of the administrator, into the home database `septum`: the bootstrap URL. */
  readonly url: string;
  readonly port: number;
  /** Of the postmaster now; another one after a crash. */
  pid(): number;
  /** Fast shutdown; also of a server that was adopted. */
  stop(): Promise<void>;
}

const homeDatabase = 'septum';

/**
 * Starts the PostgreSQL that Septum brings, making its cluster the first time. A server left running by an earlier
 * process is adopted. When the server dies it is started again on the same port; when we die it stays and is adopted
 * at the next start.
 *
 * @throws Error that says what to do, when it cannot be started
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const home = await embeddedHome(options.dataDir);
  const release = await takeLock(path.join(home.directory, 'start.lock'));
  try {
    const running = await adoptable(home);
    const password = await prepareCluster(home);
    const postmaster = running ?? (await start(home, options.port ?? 0));
    if (running)
      log(`Adopted the PostgreSQL left running as process ${running.pid} on port ${running.port}.`);
    const url = `postgresql://${adminRole}:${password}@127.0.0.1:${postmaster.port}/`;
    await createHomeDatabase(`${url}postgres`, home);
    return supervise(home, postmaster, `${url}${homeDatabase}`, log);
  } finally {
    await release();
  }
}

async function adoptable(home: EmbeddedHome): Promise<Postmaster | undefined> {
  const running = await runningPostmaster(home);
  if (!running) return undefined;
  const ready = await untilReady(home, running.pid);
  return typeof ready === 'string' ? undefined : ready;
}

/** A free port can be taken by another before PostgreSQL binds it; a server whose postmaster was killed lets go of its memory late. */
async function start(home: EmbeddedHome, port: number): Promise<Postmaster> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await startPostmaster(home, port === 0 ? await freePort() : port);
    } catch (error) {
      const text = String(error);
      const passing =
        /shared memory block|lock file/.test(text) ||
        (port === 0 && /could not bind|could not create any TCP/.test(text));
      if (!passing || Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

async function createHomeDatabase(url: string, home: EmbeddedHome): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const found = await client.query('select 1 from pg_database where datname = $1', [homeDatabase]);
    if (found.rowCount === 0) await client.query(`create database ${homeDatabase}`);
  } catch (cause) {
    throw new Error(
      `The PostgreSQL on the data in ${home.cluster} runs, but Septum cannot log in with the password in ` +
        `${path.join(home.directory, 'admin-password')}. Restore that file, or end that server if it is not Septum's.`,
      { cause },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

function supervise(
  home: EmbeddedHome,
  first: Postmaster,
  url: string,
  log: (message: string) => void,
): EmbeddedPostgres {
  let postmaster = first;
  let stopping = false;
  let restarting: Promise<void> | undefined;
  const restart = async () => {
    log(
      `PostgreSQL (process ${postmaster.pid}) ended unexpectedly; starting it again on port ${postmaster.port}.`,
    );
    try {
      postmaster = await start(home, postmaster.port);
      log(`PostgreSQL is back as process ${postmaster.pid}.`);
    } catch (error) {
      log(`PostgreSQL did not come back; trying again. ${(error as Error).message}`);
    }
  };
  const watch = setInterval(() => {
    if (stopping || restarting || isAlive(postmaster.pid)) return;
    restarting = restart().finally(() => (restarting = undefined));
  }, 200);
  watch.unref();
  return {
    url,
    port: first.port,
    pid: () => postmaster.pid,
    async stop() {
      if (stopping) return;
      stopping = true;
      clearInterval(watch);
      await restarting;
      await stopPostmaster(postmaster.pid);
    },
  };
}
