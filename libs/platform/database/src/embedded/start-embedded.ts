import path from 'node:path';
import { Client } from 'pg';
import { adminRole, prepareCluster } from './cluster.ts';
import { embeddedHome, type EmbeddedHome } from './home.ts';
import { becomeOwner } from './owner.ts';
import { takeLock } from './start-lock.ts';
import { adoptable, start, startLock, supervised, type EmbeddedPostgres } from './supervised.ts';

export interface EmbeddedOptions {
  /** `SEPTUM_DATA_DIR`; the cluster lies in `<dataDir>/postgres`. */
  readonly dataDir: string;
  /** 0 or absent: a free one. A server that is already running keeps its own. */
  readonly port?: number;
  /** Told of adoption, of a crash and of the restart after it, one sentence each. */
  readonly log?: (message: string) => void;
}

const homeDatabase = 'septum';

/**
 * Starts the PostgreSQL that Septum brings, making its cluster the first time. One process at a time owns it. A server
 * whose owner died is adopted. When the server dies it is started again on the same port; when we die it stays and is
 * adopted at the next start.
 *
 * @throws DataInUse while another process owns it
 * @throws Error that says what to do, when it cannot be started
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const home = await embeddedHome(options.dataDir);
  const release = await takeLock(startLock(home));
  let disown = async () => {};
  try {
    disown = await becomeOwner(home);
    const running = await adoptable(home);
    const password = await prepareCluster(home);
    const postmaster = running ?? (await start(home, options.port ?? 0));
    if (running)
      log(`Adopted the PostgreSQL left running as process ${running.pid} on port ${running.port}.`);
    const url = `postgresql://${adminRole}:${password}@127.0.0.1:${postmaster.port}/`;
    await createHomeDatabase(`${url}postgres`, home);
    return supervised(home, postmaster, `${url}${homeDatabase}`, log, disown);
  } catch (error) {
    await disown();
    throw error;
  } finally {
    await release();
  }
}

async function createHomeDatabase(url: string, home: EmbeddedHome): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
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
