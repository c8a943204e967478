import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DataInUse,
  dataSourceFor,
  migrate,
  partUrl,
  provision,
  startEmbedded,
  type EmbeddedPostgres,
} from '#platform/database';
import { slowdown } from '#platform/testing';
import { embeddedHome } from '../src/embedded/home.ts';
import { becomeOwner } from '../src/embedded/owner.ts';
import { openTestServer, sql, type TestServer } from './server.ts';

let server: TestServer;
const handles: EmbeddedPostgres[] = [];
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(async () => {
  await server.embedded.stop();
  for (const handle of handles) await handle.stop();
  await server.close();
});

describe('the embedded PostgreSQL', () => {
  it('is set up to lose nothing, and for all that Septum does with it', async () => {
    const settings = await sql(
      server.url,
      `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit',
        'data_checksums', 'wal_level', 'max_prepared_transactions', 'max_connections', 'listen_addresses',
        'password_encryption', 'TimeZone')`,
    );
    expect(Object.fromEntries(settings.map((row) => [row['name'], row['setting']]))).toEqual({
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      data_checksums: 'on',
      wal_level: 'logical',
      max_prepared_transactions: '128',
      max_connections: '300',
      listen_addresses: '127.0.0.1',
      password_encryption: 'scram-sha-256',
      TimeZone: 'UTC',
    });
    expect(
      await sql(
        server.url,
        `select datlocprovider as provider, datlocale as locale from pg_database where datname = 'septum'`,
      ),
    ).toEqual([{ provider: 'b', locale: 'C.UTF-8' }]);
  });

  it('lets nobody in without the password, which only its owner can read', async () => {
    const url = new URL(server.url);
    url.password = 'guess';
    await expect(sql(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const mode = (await stat(path.join(server.embedded.directory, 'admin-password'))).mode & 0o777;
    expect(mode.toString(8)).toBe('600');
  });

  it('is reached by a socket too, by every role, for a good deal less CPU', async () => {
    const local = server.embedded.localUrl;
    await provision(local, ['medications']);
    await migrate(local, 'medications', []);
    for (const url of [local, partUrl(local, 'medications')]) {
      expect(await sql(url, 'select inet_client_addr() as address')).toEqual([{ address: null }]);
    }
    const source = dataSourceFor({
      url: partUrl(local, 'medications'),
      context: 'medications',
      entities: [],
    });
    await source.initialize();
    expect(await source.query('select inet_client_addr() as address')).toEqual([{ address: null }]);
    await source.destroy();
  });

  it('does not run as root', async () => {
    expect((await stat(`/proc/${server.embedded.pid()}`)).uid).not.toBe(0);
  });

  it('is not for a second process while the first lives, which it does no harm', async () => {
    const before = server.embedded.pid();
    const settings = path.join(server.embedded.directory, 'cluster', 'postgresql.conf');
    const { mtimeMs } = await stat(settings);
    await expect(startAgain()).rejects.toThrow(DataInUse);
    expect((await stat(settings)).mtimeMs).toBe(mtimeMs);
    expect(server.embedded.pid()).toBe(before);
    expect(await sql(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('is for one alone when two start at once', async () => {
    await server.embedded.stop();
    const started = await Promise.allSettled([startAgain(), startAgain()]);
    const [one, ...more] = started.filter((each) => each.status === 'fulfilled');
    expect(more).toEqual([]);
    expect(started).toContainEqual({ status: 'rejected', reason: expect.any(DataInUse) });
    server = { ...server, embedded: one!.value };
  });

  it('is told from another also where the path is too long for a socket', async () => {
    const dataDir = path.join(server.dataDir, 'a'.repeat(100));
    const home = { ...(await embeddedHome(server.dataDir)), directory: dataDir };
    const disown = await becomeOwner(home);
    await expect(becomeOwner(home)).rejects.toThrow(DataInUse);
    await disown();
    await (
      await becomeOwner(home)
    )();
  });

  it('comes back by itself on the same port after kill -9, with every acknowledged row', async () => {
    await sql(server.embedded.url, 'create table kept (n int)');
    const killed = server.embedded.pid();
    await sql(server.embedded.url, 'insert into kept values (1)');
    process.kill(killed, 'SIGKILL');
    const begun = Date.now();
    while (server.embedded.pid() === killed && Date.now() - begun < 120_000) await sleep(20);
    const rows = await untilAnswered(server.embedded.url, 'select n from kept');
    expect(rows).toEqual([{ n: 1 }]);
    expect(server.embedded.pid()).not.toBe(killed);
    expect(Date.now() - begun).toBeLessThan(15_000 * slowdown());
  });

  it('does not take another program for itself when a lock file names its pid', async () => {
    await server.embedded.stop();
    const lockFile = path.join(server.embedded.directory, 'cluster', 'postmaster.pid');
    await writeFile(
      lockFile,
      `${process.pid}\n${server.embedded.directory}/cluster\n1\n5432\n\n127.0.0.1\n\nready\n`,
    );
    const again = await startAgain();
    server = { ...server, embedded: again };
    expect(again.pid()).not.toBe(process.pid);
    expect(await sql(again.url, 'select n from kept')).toEqual([{ n: 1 }]);
  });

  it('says what to do when the data is of another version', async () => {
    await server.embedded.stop();
    const versionFile = path.join(server.embedded.directory, 'cluster', 'PG_VERSION');
    const version = await readFile(versionFile, 'utf8');
    await writeFile(versionFile, '17\n');
    await expect(startAgain()).rejects.toThrow(/made by PostgreSQL 17.*restore it/);
    await writeFile(versionFile, version);
  });

  it('starts the second time in no time', async () => {
    const begun = Date.now();
    server = { ...server, embedded: await startAgain() };
    expect(Date.now() - begun).toBeLessThan(1_500 * slowdown());
  });
});

async function untilAnswered(url: string, text: string) {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      return await sql(url, text);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

/** What the next process would do. */
async function startAgain(): Promise<EmbeddedPostgres> {
  const handle = await startEmbedded({
    dataDir: server.dataDir,
    log: (message) => server.told.push(message),
  });
  handles.push(handle);
  return handle;
}
