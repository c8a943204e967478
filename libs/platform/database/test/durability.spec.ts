import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertConnectionBudget,
  assertDurable,
  assertPreparedTransactions,
  partUrl,
  provision,
  serverLimits,
} from '#platform/database';
import { eventually } from '#platform/testing';
import { openTestServer, sql, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
  await provision(server.url, ['medications', 'clinical']);
});
afterAll(() => server.close());

const url = () => partUrl(server.url, 'medications');

/** Each setting that lets PostgreSQL lose what it acknowledged, planted, and the remedy that the refusal must name. */
const planted: [string, string, string, RegExp][] = [
  [
    'fsync off for the server',
    `alter system set fsync = off`,
    `alter system reset fsync`,
    /fsync is off .*server.*ALTER SYSTEM SET fsync = on/,
  ],
  [
    'full_page_writes off for the server',
    `alter system set full_page_writes = off`,
    `alter system reset full_page_writes`,
    /full_page_writes is off.*ALTER SYSTEM/,
  ],
  [
    'synchronous_commit off for the server',
    `alter system set synchronous_commit = off`,
    `alter system reset synchronous_commit`,
    /synchronous_commit is off.*ALTER SYSTEM/,
  ],
  [
    '… for the database',
    `alter database septum set synchronous_commit = off`,
    `alter database septum reset synchronous_commit`,
    /database septum.*ALTER DATABASE "septum" RESET/,
  ],
  [
    '… for the role',
    `alter role septum_medications set synchronous_commit = off`,
    `alter role septum_medications reset synchronous_commit`,
    /ALTER ROLE "septum_medications" RESET/,
  ],
  [
    '… for the role in the database',
    `alter role septum_medications in database septum set synchronous_commit = off`,
    `alter role septum_medications in database septum reset synchronous_commit`,
    /IN DATABASE "septum" RESET/,
  ],
  [
    '… for another role of Septum',
    `alter role septum_clinical set synchronous_commit = 'off'`,
    `alter role septum_clinical reset synchronous_commit`,
    /role septum_clinical.*ALTER ROLE "septum_clinical" RESET/,
  ],
  [
    '… for the coordinator',
    `alter role septum_coordinator set synchronous_commit = off`,
    `alter role septum_coordinator reset synchronous_commit`,
    /septum_coordinator/,
  ],
];

describe('a server that can lose acknowledged writes', () => {
  it.each(planted)('is refused: %s', async (_, plant, remove, refusal) => {
    await reload(plant);
    await expect(assertDurable(url())).rejects.toThrow(refusal);
    await reload(remove);
    await expect(assertDurable(url())).resolves.toBeUndefined();
  });

  it('is refused when the URL itself asks for it', async () => {
    await expect(assertDurable(`${url()}?options=-c%20synchronous_commit%3Doff`)).rejects.toThrow(
      /a URL without synchronous_commit/,
    );
  });

  it('is not one that only waits longer', async () => {
    await reload('alter role septum_medications set synchronous_commit = remote_apply');
    await expect(assertDurable(url())).resolves.toBeUndefined();
    await reload('alter role septum_medications reset synchronous_commit');
  });
});

describe('the connection budget', () => {
  it('reads what the server gives, as any role', async () => {
    expect(await serverLimits(url())).toEqual({
      maxConnections: 300,
      reservedConnections: 3,
      maxPreparedTransactions: 128,
    });
  });

  it('refuses pools beyond it, with the arithmetic', async () => {
    const limits = await serverLimits(url());
    const pools = [
      { name: 'edge', size: 20 },
      { name: 'medications', size: 130 },
    ];
    expect(() => assertConnectionBudget(pools, limits)).not.toThrow();
    expect(() => assertConnectionBudget(pools, limits, 2)).toThrow(
      '2 × (edge 20 + medications 130) = 300, but max_connections 300 − 3 reserved = 297',
    );
  });
});

describe('room for prepared transactions', () => {
  it('is there in the embedded server, and its want is refused by the name of the setting', async () => {
    expect(() => assertPreparedTransactions({ maxPreparedTransactions: 0 })).toThrow(
      'max_prepared_transactions = 0',
    );
    const limits = await serverLimits(url());
    expect(() => assertPreparedTransactions(limits)).not.toThrow();
  });
});

async function reload(statement: string): Promise<void> {
  await sql(server.url, statement);
  const loaded = async () => (await sql(server.url, 'select pg_conf_load_time()::text as at'))[0]?.['at'];
  const before = await loaded();
  await sql(server.url, 'select pg_reload_conf()');
  // A session that begins from now on has the settings of now.
  await eventually(async () => expect(await loaded()).not.toBe(before));
}
