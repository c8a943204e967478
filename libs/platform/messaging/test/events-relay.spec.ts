import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenContextDatabase } from '#platform/database';
import { appendEvents, type EventExchange } from '#platform/messaging';
import { slowdown } from '#platform/testing';
import { leaseRows, relayLease, releaseLeases } from '../src/events/lease.ts';
import { PostgresOutbox } from '../src/events/outbox.ts';
import { EventHouse } from './events-house.ts';
import { appliedInOrder, effects, until, write } from './events-ledger.ts';
import { Conduct, discharged, exchangeOf, letterCaller, lettersHandlers } from './events-letters.ts';

let house: EventHouse;
let ward: OpenContextDatabase;
let letters: OpenContextDatabase;
const open: EventExchange[] = [];

beforeAll(async () => {
  house = await EventHouse.start();
});
afterAll(() => house.stop());
beforeEach(async () => {
  await house.fresh();
  ward = house.database('ward', 20);
  letters = house.database('letters');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((exchange) => exchange.stop()));
  await house.closeDatabases();
});

/** Sixteen writers whose transactions take their ids and commit a little later, each in its own time. */
async function sixteenWriters(): Promise<void> {
  const writer = async (of: number): Promise<void> => {
    for (let n = 0; n < 25; n += 1) {
      await ward.transact('*', async (transaction) => {
        await appendEvents(transaction, [
          { type: discharged, orderKey: `Patient/${of}`, payload: { nth: n } },
        ]);
        await sleep((of * 7 + n * 3) % 20);
      });
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, of) => writer(of)));
}

/** Reads by a cursor while `writing` goes on, and a little longer; answers the ids it saw, in order. */
async function readWhile(writing: Promise<void>, read: () => Promise<string[]>): Promise<string[]> {
  const seen: string[] = [];
  const state = { writes: true };
  const over = () => (state.writes = false);
  void writing.then(over, over);
  for (let idle = 0; idle < 3; await sleep(5)) {
    const writes = state.writes;
    const ids = await read();
    seen.push(...ids);
    idle = writes || ids.length > 0 ? 0 : idle + 1;
  }
  await writing;
  return seen;
}

/** Who relays, and whether anybody may take over at once. */
const leaseOf = () =>
  ward.query<{ holder: string; free: boolean }>('*', {
    text: `SELECT holder, expires_at = '-infinity' AS free FROM ward.event_lease WHERE name = 'relay'`,
  });

describe('the relay', () => {
  it('misses nothing of 16 writers', async () => {
    const outbox = new PostgresOutbox(ward);
    const [lease] = await leaseRows(ward)([relayLease], 'one', 60_000);
    if (lease === undefined) throw new Error('no lease');
    let cursor = 0;
    const seen = await readWhile(sixteenWriters(), async () => {
      await outbox.publish(lease, 500);
      const events = await outbox.read(cursor, 500);
      cursor = events.at(-1)?.position ?? cursor;
      return events.map(({ id }) => id);
    });
    expect(new Set(seen).size).toBe(400);
    expect(cursor).toBe(400);
  });

  it('would miss some by a cursor on the id: the planted fault shows', async () => {
    let cursor = 0;
    const seen = await readWhile(sixteenWriters(), async () => {
      const text = 'SELECT id, message_id FROM ward.outbox WHERE id > $1 ORDER BY id';
      const rows = await ward.query<{ id: number; message_id: string }>('*', { text, values: [cursor] });
      cursor = rows.at(-1)?.id ?? cursor;
      return rows.map(({ message_id }) => message_id);
    });
    expect(seen.length).toBeLessThan(400);
  });

  it('publishes nothing once another has its lease', async () => {
    const outbox = new PostgresOutbox(ward);
    const renew = leaseRows(ward);
    const [mine] = await renew([relayLease], 'one', 60_000);
    if (mine === undefined) throw new Error('no lease');
    expect(await renew([relayLease], 'two', 60_000)).toEqual([]);
    await write(
      ward,
      3,
      () => ['Patient/1'],
      () => {},
    );
    await releaseLeases(ward, [mine]);
    const [theirs] = await renew([relayLease], 'two', 60_000);
    expect(theirs).toEqual({ name: relayLease, holder: 'two', epoch: mine.epoch + 1 });
    expect(await outbox.publish(mine, 10)).toEqual([]);
    if (theirs !== undefined)
      expect((await outbox.publish(theirs, 10)).map(({ position }) => position)).toEqual([1, 2, 3]);
  });

  it('of one copy relays at a time, and another takes over when its lease has run out', async () => {
    const copies = [];
    for (let n = 0; n < 2; n += 1) {
      const databases = { ward: house.database('ward'), letters: house.database('letters') };
      const handlers = await lettersHandlers(new Conduct());
      const exchange = exchangeOf([
        { name: 'ward', database: databases.ward, caller: letterCaller },
        { name: 'letters', database: databases.letters, caller: letterCaller, handlers },
      ]);
      open.push(exchange);
      await exchange.start();
      copies.push({ exchange, databases });
    }
    const [first, second] = copies;
    if (first === undefined || second === undefined) throw new Error('no copies');
    await write(
      ward,
      20,
      (n) => [`Patient/${n % 3}`],
      () => first.exchange.poke('ward'),
    );
    await until(async () => (await effects(letters)).length === 40);
    expect((await first.exchange.status()).map(({ leads }) => leads)).toEqual([true, true]);
    expect((await second.exchange.status()).map(({ leads }) => leads)).toEqual([false, false]);

    await Promise.all(Object.values(first.databases).map((database) => database.close()));
    const died = Date.now();
    await write(
      ward,
      20,
      (n) => [`Patient/${n % 3}`],
      () => second.exchange.poke('ward'),
    );
    await until(async () => (await effects(letters)).length === 80);
    expect(Date.now() - died).toBeLessThan(10_000 * slowdown());
    expect(await appliedInOrder(ward, letters, ['summaries', 'notices'])).toEqual([]);
  });

  it('of a copy publishes its own when the other has nothing to do, and is relayed by one that has', async () => {
    const copies = [];
    for (const database of [house.database('ward'), house.database('ward')]) {
      // So seldom a poll that what is published sooner was poked for; within the time that a lease is kept.
      const exchange = exchangeOf([{ name: 'ward', database, caller: letterCaller }], [], { pollMs: 4_000 });
      open.push(exchange);
      await exchange.start();
      copies.push(exchange);
    }
    const [first, second] = copies;
    const outbox = new PostgresOutbox(ward);
    const published = async (by: EventExchange | undefined, withinMs: number): Promise<void> => {
      await write(
        ward,
        1,
        () => ['Patient/1'],
        () => by?.poke('ward'),
      );
      await until(async () => !(await outbox.hasUnpublished()), withinMs);
    };
    expect(await leaseOf()).toEqual([]);
    await published(first, 3_000);
    const [held] = await leaseOf();
    expect(held).toMatchObject({ free: false });
    await published(second, 60_000);
    expect(await leaseOf()).toEqual([held]);
    await until(async () => (await leaseOf())[0]?.free === true);
    // Either may take it now; without the first it can only be the second.
    await first?.stop();
    await published(second, 3_000);
    const [taken] = await leaseOf();
    expect(taken).toMatchObject({ free: false });
    expect(taken?.holder).not.toBe(held?.holder);
  });

  it('is not waited for when it hands over properly', async () => {
    const parts = [{ name: 'ward', database: ward, caller: letterCaller }];
    const first = exchangeOf(parts);
    open.push(first);
    await first.start();
    await write(
      ward,
      1,
      () => ['Patient/1'],
      () => first.poke('ward'),
    );
    const held = `SELECT FROM ward.event_lease WHERE name = $1 AND expires_at > clock_timestamp()`;
    await until(async () => (await ward.query('*', { text: held, values: [relayLease] })).length === 1);
    await first.stop();
    // The next to ask has it, although its term is not over.
    expect(await leaseRows(ward)([relayLease], 'the next', 60_000)).toHaveLength(1);
  });
});

describe('the partitions of the outbox', () => {
  const partitions = async (): Promise<{ of: string; count: number }[]> =>
    ward.query<{ of: string; count: number } & Record<string, unknown>>('*', {
      text: 'SELECT tableoid::regclass::text AS of, count(*) AS count FROM ward.outbox GROUP BY 1 ORDER BY 1',
    });
  const today = (days = 0): string =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');

  it('are not needed for a write, and are there from the first tending on', async () => {
    await write(
      ward,
      1,
      () => ['Patient/1'],
      () => {},
    );
    expect(await partitions()).toEqual([{ of: 'outbox_default', count: 1 }]);
    await ward.query('*', { text: 'DELETE FROM ward.outbox' });
    await new PostgresOutbox(ward).tend();
    await write(
      ward,
      2,
      () => ['Patient/1'],
      () => {},
    );
    expect(await partitions()).toEqual([{ of: `outbox_${today()}`, count: 2 }]);
  });

  it('go when their days are over', async () => {
    await ward.query('*', { text: 'SELECT ward.tend_outbox(0, 7)' });
    const tables = async (): Promise<string[]> => {
      const text = `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'ward.outbox'::regclass ORDER BY 1`;
      return (await ward.query<{ name: string }>('*', { text })).map(({ name }) => name);
    };
    expect(await tables()).toEqual([`outbox_${today()}`, 'outbox_default']);
    await ward.query('*', { text: 'SELECT ward.tend_outbox(-2, -1)' });
    expect(await tables()).toEqual(['outbox_default']);
  });
});
