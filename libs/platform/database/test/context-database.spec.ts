import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  constraintOf,
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  sqlStateOf,
  type OpenContextDatabase,
} from '#platform/database';
import { openTestServer, sql, withClient, type TestServer } from './server.ts';
import { Things1700000000000 } from './things.migration.ts';

let server: TestServer;
let url: string;
let database: OpenContextDatabase;
beforeAll(async () => {
  server = await openTestServer();
  await provision(server.url, ['clinical', 'medications']);
  await migrate(server.url, 'medications', [Things1700000000000]);
  url = partUrl(server.url, 'medications');
});
afterAll(() => server.close());
beforeEach(() => {
  database = openContextDatabase({ url, context: 'medications', poolSize: 2 });
});
afterEach(async () => {
  await database.close();
  await sql(server.url, 'truncate medications.thing');
});

const insert = (id: string, patients: readonly string[] = ['p1']) => ({
  name: 'thing.insert',
  text: 'insert into thing (id, patients) values ($1, $2)',
  values: [id, patients],
});
const ids = async (policy: string) =>
  (
    await database.query<{ id: string }>(policy, {
      name: 'thing.ids',
      text: 'select id from thing order by id',
    })
  ).map(({ id }) => id);

describe('the row policy', () => {
  beforeEach(() => database.pipeline('*', [insert('a', ['p1']), insert('b', ['p2', 'p3']), insert('c', [])]));

  it('shows all, the named patients’, or none', async () => {
    expect(await ids('*')).toEqual(['a', 'b', 'c']);
    expect(await ids('p1')).toEqual(['a']);
    expect(await ids('p3,p1')).toEqual(['a', 'b']);
    expect(await ids('p')).toEqual([]);
    expect(await ids('')).toEqual([]);
  });

  it('fails closed on a connection that was never told', async () => {
    expect(await sql(url, 'select id from medications.thing')).toEqual([]);
  });

  it('holds for one statement, whatever the connection showed before', async () => {
    const policies = ['*', 'p1', '', 'p2', '*', 'p1', 'p1', ''];
    const seen = await Promise.all(policies.map(ids));
    expect(seen).toEqual(
      policies.map((policy) => ({ '*': ['a', 'b', 'c'], p1: ['a'], p2: ['b'], '': [] })[policy]),
    );
  });

  it('holds in a transaction, and does not outlive it', async () => {
    const one = openContextDatabase({ url, context: 'medications', poolSize: 1 });
    const count = async (policy: string) =>
      (await one.query(policy, { text: 'select id from thing' })).length;
    expect(await count('*')).toBe(3);
    expect(
      await one.transact('p1', (transaction) => transaction.query({ text: 'select id from thing' })),
    ).toEqual([{ id: 'a' }]);
    expect(await count('*')).toBe(3);
    expect(await count('p1')).toBe(1);
    await expect(
      one.transact('*', (transaction) => transaction.query({ text: 'select 1/0' })),
    ).rejects.toBeDefined();
    expect(await count('p1')).toBe(1);
    await one.close();
  });

  it('is not taken for set when the batch that set it rolled back', async () => {
    const one = openContextDatabase({ url, context: 'medications', poolSize: 1 });
    const count = async (policy: string) =>
      (await one.query(policy, { text: 'select id from thing' })).length;
    expect(await count('p1')).toBe(1);
    await expect(one.query('*', { text: 'select 1/0' })).rejects.toBeDefined();
    expect(await count('*')).toBe(3);
    await expect(one.query('p1', { text: 'select 1/0' })).rejects.toBeDefined();
    expect(await count('*')).toBe(3);
    expect(await count('')).toBe(0);
    await one.close();
  });

  it('keeps writers in their compartment', async () => {
    await expect(database.query('p1', insert('x', ['p2']))).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await database.query('p1', { text: `update thing set body = 'mine' returning id` })).toEqual([
      { id: 'a' },
    ]);
    await expect(database.query('p1', { text: `update thing set patients = '{p2}'` })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect(await database.query('', { text: 'delete from thing returning id' })).toEqual([]);
  });
});

describe('a pipeline', () => {
  it('is one transaction: all of it or nothing', async () => {
    await database.pipeline('*', [insert('a'), insert('b')]);
    await expect(database.pipeline('*', [insert('c'), insert('a'), insert('d')])).rejects.toBeDefined();
    expect(await ids('*')).toEqual(['a', 'b']);
  });

  it('reports the first error, and which statement made it', async () => {
    const failed = database.pipeline('*', [
      insert('a'),
      { name: 'wrong', text: 'select * from nowhere' },
      insert('b'),
    ]);
    await expect(failed).rejects.toMatchObject({
      kind: 'exception',
      cause: { message: expect.stringContaining('in wrong: relation') },
    });
    expect(sqlStateOf(await failed.catch((error: unknown) => error))).toBe('42P01');
  });

  it('leaves the connection usable, prepared statements included, after an error', async () => {
    const one = openContextDatabase({ url, context: 'medications', poolSize: 1 });
    const later = { name: 'later', text: 'select 7 as seven' };
    const zero = (divisor: number) => ({ name: 'zero', text: 'select 1/$1::int as one', values: [divisor] });
    await expect(one.pipeline('*', [zero(0), later])).rejects.toBeDefined();
    expect(await one.pipeline('*', [later, zero(1)])).toEqual([[{ seven: 7 }], [{ one: 1 }]]);
    expect(await one.pipeline('*', [later, later])).toEqual([[{ seven: 7 }], [{ seven: 7 }]]);
    expect(one.stats().open).toBe(1);
    await one.close();
  });

  it('refuses a name that stands for two texts', async () => {
    const one = openContextDatabase({ url, context: 'medications', poolSize: 1 });
    await one.query('*', { name: 'same', text: 'select 1 as one' });
    await expect(one.query('*', { name: 'same', text: 'select 2 as two' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('Two statements are named same') },
    });
    expect(await one.query('*', { name: 'same', text: 'select 1 as one' })).toEqual([{ one: 1 }]);
    await one.close();
  });

  it('sends nothing when one of its values cannot be sent', async () => {
    const circular: Record<string, unknown> = {};
    circular['itself'] = circular;
    await expect(
      database.pipeline('*', [insert('a'), { text: 'select $1::jsonb', values: [circular] }]),
    ).rejects.toMatchObject({ kind: 'exception' });
    expect(await ids('*')).toEqual([]);
  });

  it('lets each statement see what the ones before it did', async () => {
    const [, rows] = await database.pipeline('*', [insert('a'), { text: 'select id from thing' }]);
    expect(rows).toEqual([{ id: 'a' }]);
  });
});

describe('a transaction', () => {
  it('commits, and then runs what was to follow', async () => {
    const ran: string[] = [];
    await database.transact('*', async (transaction) => {
      transaction.afterCommit(() => ran.push('after'));
      await transaction.query(insert('a'));
      expect(ran).toEqual([]);
    });
    expect(ran).toEqual(['after']);
    expect(await ids('*')).toEqual(['a']);
  });

  it.each([
    ['its work throws', async () => Promise.reject(new Error('no'))],
    ['a statement fails', async (query: (text: string) => Promise<unknown>) => query('select 1/0')],
    [
      'a failure is swallowed',
      async (query: (text: string) => Promise<unknown>) => query('select 1/0').catch(() => undefined),
    ],
    [
      'the connection is lost before the commit',
      async (query: (text: string) => Promise<unknown>) =>
        query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined),
    ],
  ])('is undone, and runs nothing, when %s', async (_, fail) => {
    let ran = false;
    const failed = database.transact('*', async (transaction) => {
      transaction.afterCommit(() => (ran = true));
      await transaction.query(insert('a'));
      await fail((text) => transaction.query({ text }));
    });
    await expect(failed).rejects.toBeInstanceOf(Error);
    expect(ran).toBe(false);
    expect(await ids('*')).toEqual([]);
  });

  it('without a statement costs no round trip', async () => {
    expect(await database.transact('*', () => Promise.resolve(5))).toBe(5);
  });
});

describe('values', () => {
  it('are what the table in value-parsers.ts says', async () => {
    const [row] = await database.query('*', {
      text: `select 9007199254740991::int8 as big, '2026-03-01 07:05:09.123456+02'::timestamptz as at,
                    '2026-03-01'::date as day, 1.10::numeric as amount, '{"a":1}'::jsonb as json, array['x','y'] as list`,
    });
    expect(row).toEqual({
      big: 9007199254740991,
      at: Date.UTC(2026, 2, 1, 5, 5, 9, 123),
      day: '2026-03-01',
      amount: '1.10',
      json: { a: 1 },
      list: ['x', 'y'],
    });
  });

  it('that would lose digits are refused', async () => {
    await expect(database.query('*', { text: 'select 9007199254740993::int8' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('::text') },
    });
  });
});

describe('faults', () => {
  it('name a violated constraint, and never a value', async () => {
    await database.query('*', insert('Secretname'));
    const fault = await database.query('*', insert('Secretname')).catch((error: unknown) => error);
    expect(fault).toMatchObject({ kind: 'conflict' });
    expect(sqlStateOf(fault)).toBe('23505');
    expect(constraintOf(fault)).toBe('thing_pkey');
    const bad = await database
      .query('*', { text: 'select $1::date', values: ['Secretname'] })
      .catch((error: unknown) => error);
    for (const error of [fault, bad] as Error[]) {
      expect(
        `${error.stack} ${JSON.stringify(error)} ${String((error.cause as Error).stack)} ${JSON.stringify(error.cause)}`,
      ).not.toContain('Secret');
    }
  });

  it('say to come back when nobody listens', async () => {
    const nowhere = openContextDatabase({
      url: 'postgresql://nobody:x@127.0.0.1:1/none',
      context: 'medications',
    });
    await expect(nowhere.query('*', { text: 'select 1' })).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfterSeconds: 2,
    });
    await nowhere.close();
  });

  it('say to come back when the connection is cut', async () => {
    const cut = database.query('*', { text: 'select pg_sleep(5)' });
    await withClient(server.url, async (client) => {
      const busy = `select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep%' and pid <> pg_backend_pid()`;
      while ((await client.query(busy)).rowCount === 0);
    });
    await expect(cut).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await database.query('*', { text: 'select 1 as one' })).toEqual([{ one: 1 }]);
  });

  it('end a statement that takes too long', async () => {
    const hasty = openContextDatabase({ url, context: 'medications', statementTimeoutMs: 50 });
    await expect(hasty.query('*', { text: 'select pg_sleep(2)' })).rejects.toMatchObject({ kind: 'timeout' });
    await hasty.close();
  });

  it('refuse at once what would wait behind too many', async () => {
    const narrow = openContextDatabase({ url, context: 'medications', poolSize: 1, waitingLimit: 1 });
    const sleeping = () => narrow.query('*', { text: 'select pg_sleep(0.2)' });
    const outcomes = await Promise.allSettled([sleeping(), sleeping(), sleeping()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[2]).toMatchObject({ reason: { kind: 'unavailable' } });
    await narrow.close();
  });

  it('do not wait for a connection for ever', async () => {
    const narrow = openContextDatabase({ url, context: 'medications', poolSize: 1, connectTimeoutMs: 1_000 });
    const slow = narrow.query('*', { text: 'select pg_sleep(3)' });
    await expect(narrow.query('*', { text: 'select 1' })).rejects.toMatchObject({ kind: 'unavailable' });
    await slow;
    await narrow.close();
  });
});
