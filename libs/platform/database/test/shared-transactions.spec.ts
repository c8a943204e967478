import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  coordinatorUrl,
  migrate,
  openContextDatabase,
  openCoordinator,
  partUrl,
  PreparedInDatabase,
  provision,
  type CoordinatorTransactions,
  type OpenContextDatabase,
  type Transaction,
} from '#platform/database';
import { openTestServer, sql, type TestServer } from './server.ts';
import { Things1700000000000 } from './things.migration.ts';

const parts = ['clinical', 'medications'];
let server: TestServer;
let coordinator: CoordinatorTransactions;
let clinical: OpenContextDatabase;
let medications: OpenContextDatabase;
beforeAll(async () => {
  server = await openTestServer();
  await provision(server.url, parts);
  for (const part of parts) await migrate(server.url, part, [Things1700000000000]);
  coordinator = openCoordinator({ url: coordinatorUrl(server.url), poolSize: 2 });
  const preparedInDatabase = new PreparedInDatabase();
  [clinical, medications] = parts.map((context) =>
    openContextDatabase({
      url: partUrl(server.url, context),
      context,
      lockTimeoutMs: 200,
      preparedInDatabase,
    }),
  ) as [OpenContextDatabase, OpenContextDatabase];
});
afterAll(async () => {
  await Promise.all([coordinator, clinical, medications].map((open) => open.close()));
  await server.close();
});
afterEach(async () => {
  for (const part of parts) await sql(server.url, `truncate ${part}.thing`);
});

const insert =
  (id: string, patients = ['p1']) =>
  (transaction: Transaction) =>
    transaction.query({ text: 'insert into thing (id, patients) values ($1, $2)', values: [id, patients] });
const stored = async () =>
  (
    await sql(
      server.url,
      `select id from clinical.thing union all select id from medications.thing order by 1`,
    )
  ).map((row) => row['id']);

describe('a transaction of several contexts on one connection', () => {
  it('commits for all of them, each under its own role and rows', async () => {
    const id = await coordinator.begin();
    const ran: string[] = [];
    for (const context of parts) {
      const [row] = await coordinator.run(id, context, 'p1', async (transaction) => {
        transaction.afterCommit(() => ran.push(context));
        await insert(`of-${context}`)(transaction);
        expect(transaction.context).toBe(context);
        return transaction.query({
          text: `select current_user as me, current_setting('septum.rows') as rows`,
        });
      });
      expect(row).toEqual({ me: `septum_${context}`, rows: 'p1' });
    }
    expect(await stored()).toEqual([]);
    expect(ran).toEqual([]);
    await coordinator.commit(id);
    expect(await stored()).toEqual(['of-clinical', 'of-medications']);
    expect(ran).toEqual(parts);
    expect(coordinator.stats()).toMatchObject({ open: 1, idle: 1 });
  });

  it('is undone for all when one share fails, even if the coordinator would commit', async () => {
    const id = await coordinator.begin();
    await coordinator.run(id, 'clinical', '*', insert('kept?'));
    await expect(
      coordinator.run(id, 'medications', '*', () => Promise.reject(new Error('a rule says no'))),
    ).rejects.toThrow('a rule');
    await expect(coordinator.commit(id)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await stored()).toEqual([]);
  });

  it('lets no share reach another’s schema, or go on after its turn', async () => {
    const id = await coordinator.begin();
    const late = await coordinator.run(id, 'clinical', '*', (transaction) =>
      Promise.resolve(() => insert('late')(transaction)),
    );
    await expect(late()).rejects.toThrow(/over/);
    await expect(
      coordinator.run(id, 'clinical', '*', (transaction) =>
        transaction.query({ text: 'select * from medications.thing' }),
      ),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    await coordinator.rollback(id);
  });

  it('takes shares that arrive together one after the other', async () => {
    const id = await coordinator.begin();
    const users = await Promise.all(
      [...parts, ...parts, ...parts].map((context) =>
        coordinator.run(id, context, '*', async (transaction) => {
          await sleep(1);
          const [row] = await transaction.query<{ me: string }>({ text: 'select current_user as me' });
          return row?.me === `septum_${context}`;
        }),
      ),
    );
    await coordinator.commit(id);
    expect(users.every(Boolean)).toBe(true);
  });

  it('is unknown once it is over', async () => {
    const id = await coordinator.begin();
    await coordinator.rollback(id);
    await expect(coordinator.run(id, 'clinical', '*', insert('x'))).rejects.toMatchObject({
      kind: 'conflict',
    });
    await expect(coordinator.commit(id)).rejects.toMatchObject({ kind: 'conflict' });
    await expect(coordinator.rollback(id)).resolves.toBeUndefined();
  });
});

describe('a prepared transaction', () => {
  it('is committed in every context, once, however often that is asked', async () => {
    const ran: string[] = [];
    for (const database of [clinical, medications]) {
      await database.prepared.prepare('t1', 'p1', async (transaction) => {
        transaction.afterCommit(() => ran.push(database.context));
        await insert(database.context)(transaction);
      });
      expect(await database.prepared.state('t1')).toBe('prepared');
    }
    expect(await stored()).toEqual([]);
    expect(ran).toEqual([]);
    for (const database of [clinical, medications, medications])
      expect(await database.prepared.commit('t1')).toBe('committed');
    expect(await stored()).toEqual(parts);
    expect(ran).toEqual(parts);
    expect(await clinical.prepared.state('t1')).toBe('committed');
    expect(await clinical.prepared.rollback('t1')).toBe('committed');
  });

  it('of a month ago is forgotten with those that come', async () => {
    const age = (id: string) =>
      clinical.query('*', {
        text: `update clinical.transaction_marker set written_at = now() - interval '31 days' where id = '${id}'`,
      });
    for (const id of ['old', 'young']) {
      await clinical.prepared.prepare(id, '*', insert(id));
      await clinical.prepared.commit(id);
    }
    await age('old');
    await clinical.prepared.prepare('next', '*', insert('next'));
    await clinical.prepared.commit('next');
    expect(await clinical.prepared.state('old')).toBe('missing');
    expect(await clinical.prepared.state('young')).toBe('committed');
  });

  it('is rolled back, and a prepare that was still on its way then fails', async () => {
    await clinical.prepared.prepare('t2', '*', insert('a'));
    expect(await clinical.prepared.rollback('t2')).toBe('rolled-back');
    expect(await clinical.prepared.rollback('t2')).toBe('rolled-back');
    expect(await medications.prepared.rollback('t2')).toBe('rolled-back');
    await expect(medications.prepared.prepare('t2', '*', insert('b'))).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(await medications.prepared.commit('t2')).toBe('missing');
    expect(await stored()).toEqual([]);
  });

  it('is not prepared when its work fails, also silently', async () => {
    await expect(clinical.prepared.prepare('t3', '*', () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    await expect(
      clinical.prepared.prepare(
        't3',
        '*',
        async (transaction) => void (await transaction.query({ text: 'select 1/0' }).catch(() => undefined)),
      ),
    ).rejects.toMatchObject({ kind: 'exception' });
    expect(await clinical.prepared.state('t3')).toBe('missing');
    expect(await clinical.prepared.list()).toEqual([]);
  });

  it('holds its locks; who waits for them gives up', async () => {
    await clinical.query('*', { text: `insert into thing (id) values ('row')` });
    const touch = (transaction: Transaction) =>
      transaction.query({ text: `update thing set body = body || '.'` });
    await clinical.prepared.prepare('t4', '*', touch);
    await expect(clinical.prepared.prepare('t5', '*', touch)).rejects.toMatchObject({ kind: 'timeout' });
    await clinical.prepared.commit('t4');
    expect(await clinical.query('*', { text: 'select body from thing' })).toEqual([{ body: '.' }]);
  });

  it('is listed by its own context alone, when both ask at the same moment', async () => {
    await clinical.prepared.prepare('t7', '*', insert('a'));
    const lists = await Promise.all([clinical, medications].map((each) => each.prepared.list()));
    expect(lists).toEqual([[{ id: 't7', ageMs: expect.any(Number) }], []]);
    await clinical.prepared.rollback('t7');
  });

  it('cannot be ended by another context', async () => {
    await clinical.prepared.prepare('t6', '*', insert('a'));
    expect(await medications.prepared.list()).toEqual([]);
    await expect(medications.query('*', { text: `commit prepared 'clinical:t6'` })).rejects.toBeDefined();
    expect(await clinical.prepared.state('t6')).toBe('prepared');
    await clinical.prepared.rollback('t6');
  });

  it('survives kill -9 of PostgreSQL, is listed with its age, and can still be decided either way', async () => {
    await clinical.prepared.prepare('yes', '*', insert('yes'));
    await medications.prepared.prepare('no', '*', insert('no'));
    const killed = server.embedded.pid();
    process.kill(killed, 'SIGKILL');
    while (server.embedded.pid() === killed) await sleep(20);
    const listed = await untilAnswered(() => clinical.prepared.list());
    expect(listed).toEqual([{ id: 'yes', ageMs: expect.any(Number) }]);
    expect(await clinical.prepared.commit('yes')).toBe('committed');
    expect(await untilAnswered(() => medications.prepared.rollback('no'))).toBe('rolled-back');
    expect(await stored()).toEqual(['yes']);
  });
});

async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
