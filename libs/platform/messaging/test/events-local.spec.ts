import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import {
  appendEvents,
  type EventExchange,
  findParked,
  parkedEvents,
  replayParked,
} from '#platform/messaging';
import { EventHouse } from './events-house.ts';
import {
  Conduct,
  discharged,
  type Errors,
  exchangeOf,
  letterCaller,
  lettersHandlers,
} from './events-letters.ts';
import { appliedInOrder, effects, longestLagMs, until, write } from './events-ledger.ts';

let house: EventHouse;
let ward: OpenContextDatabase;
let letters: OpenContextDatabase;
let conduct: Conduct;
let errors: Errors;
const open: EventExchange[] = [];

beforeAll(async () => {
  house = await EventHouse.start();
});
afterAll(() => house.stop());
beforeEach(async () => {
  await house.fresh();
  ward = house.database('ward', 20);
  letters = house.database('letters');
  conduct = new Conduct();
  errors = [];
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((exchange) => exchange.stop()));
  await house.closeDatabases();
});

async function start(): Promise<EventExchange> {
  const handlers = await lettersHandlers(conduct);
  const exchange = exchangeOf(
    [
      { name: 'ward', database: ward, caller: letterCaller },
      { name: 'letters', database: letters, caller: letterCaller, handlers },
    ],
    errors,
  );
  open.push(exchange);
  await exchange.start();
  return exchange;
}

describe('events in one process', () => {
  it('reach every subscription once, in order per key, from 16 writers at the same time', async () => {
    const exchange = await start();
    const writers = Array.from({ length: 16 }, (_, writer) =>
      write(
        ward,
        60,
        (n) => [`Patient/${(writer + n) % 7}`],
        () => exchange.poke('ward'),
      ),
    );
    await Promise.all(writers);
    await until(async () => (await effects(letters)).length === 2 * 16 * 60);
    expect(await appliedInOrder(ward, letters, ['summaries', 'notices'])).toEqual([]);
    expect(conduct.callers).toEqual(new Set(['system/letters']));
    expect(errors).toEqual([]);
  });

  it('keep the order of several events of one transaction, and sequences without a gap', async () => {
    const exchange = await start();
    const keys = ['Patient/b', 'Patient/a', 'Patient/b', 'Patient/b'];
    await Promise.all(
      Array.from({ length: 8 }, () =>
        write(
          ward,
          20,
          () => keys,
          () => exchange.poke('ward'),
        ),
      ),
    );
    await until(async () => (await effects(letters)).length === 2 * 8 * 20 * 4);
    expect(await appliedInOrder(ward, letters, ['summaries', 'notices'])).toEqual([]);
    const heads = await ward.query('*', {
      text: 'SELECT order_key, last_sequence FROM ward.stream_head ORDER BY 1',
    });
    expect(heads).toEqual([
      { order_key: 'Patient/a', last_sequence: 160 },
      { order_key: 'Patient/b', last_sequence: 480 },
    ]);
  });

  it('say nothing of a transaction that was rolled back', async () => {
    const exchange = await start();
    const failed = ward.transact('*', async (transaction) => {
      await appendEvents(transaction, [{ type: discharged, orderKey: 'Patient/1', payload: { nth: 1 } }]);
      throw new Error('refused');
    });
    await expect(failed).rejects.toThrow('refused');
    await write(
      ward,
      1,
      () => ['Patient/1'],
      () => exchange.poke('ward'),
    );
    await until(async () => (await effects(letters)).length === 2);
    const sequences = (await effects(letters)).map((effect) => effect.order_sequence);
    expect(sequences).toEqual([1, 1]);
  });

  it('are found by the slow poll when nobody poked', async () => {
    await start();
    await write(
      ward,
      1,
      () => ['Patient/1'],
      () => {},
    );
    await until(async () => (await effects(letters)).length === 2);
  });

  it('park only the order key of a poison message, hold up no other, and replay it once, in order', async () => {
    let healed = false;
    conduct.within = async (event, subscription) => {
      const poison = event.orderKey === 'Patient/7' && event.orderSequence === 1;
      if (poison && subscription === 'summaries' && !healed) throw new Fault('exception', 'poison');
    };
    const exchange = await start();
    const poke = (): void => exchange.poke('ward');
    const keys = (n: number): string[] => [`Patient/${n}`];
    await Promise.all([write(ward, 250, keys, poke), write(ward, 250, keys, poke)]);
    await until(async () => (await effects(letters)).length === 500 + 498);
    // The other subscription has no poison and the same machine.
    const unhindered = await longestLagMs(ward, letters, 'notices');
    expect(await longestLagMs(ward, letters, 'summaries')).toBeLessThan(unhindered + 2_000);
    await until(async () => (await parkedEvents(letters)).length === 1);
    const [parked] = await parkedEvents(letters);
    const wanted = { subscription: 'summaries', orderKey: 'Patient/7', reason: 'exception', behind: 1 };
    expect(parked).toMatchObject(wanted);
    const status = (await exchange.status()).find(({ subscription }) => subscription === 'summaries');
    expect(status).toMatchObject({ parked: 1, held: 2 });
    expect(await exchange.lagOf('letters')).toMatchObject({ inboxLagMs: 0, parked: 1 });
    expect(await exchange.lagOf('ward')).toEqual({ outboxLagMs: 0, inboxLagMs: 0, parked: 0 });

    healed = true;
    const one = { subscription: 'summaries', orderKey: 'Patient/7' };
    const replayed = await findParked(letters, one);
    expect(replayed).toMatchObject([{ orderKey: 'Patient/7' }]);
    expect(await findParked(letters, { ...one, orderKey: 'Patient/8' })).toEqual([]);
    expect(await findParked(letters, { ...one, eventId: parked!.id })).toEqual(replayed);
    expect(await findParked(letters, { ...one, eventId: randomUUID() })).toEqual([]);
    expect(await replayParked(letters, one)).toEqual(replayed);
    await until(async () => (await effects(letters)).length === 1_000);
    expect(await appliedInOrder(ward, letters, ['summaries', 'notices'])).toEqual([]);
    expect(await parkedEvents(letters)).toEqual([]);
  });

  it('wait for a neighbour that is down without parking', async () => {
    let down = true;
    conduct.before = async (_event, subscription) => {
      if (down && subscription === 'summaries') throw new Fault('unavailable', 'patients is down');
    };
    const exchange = await start();
    await write(
      ward,
      3,
      () => ['Patient/1'],
      () => exchange.poke('ward'),
    );
    await sleep(5_000);
    expect(await parkedEvents(letters)).toEqual([]);
    down = false;
    await until(async () => (await effects(letters)).length === 6);
    expect(await appliedInOrder(ward, letters, ['summaries', 'notices'])).toEqual([]);
  });

  it('park at once what is not valid', async () => {
    const exchange = await start();
    await ward.transact('*', (transaction) =>
      appendEvents(transaction, [
        { type: discharged, orderKey: 'Patient/1', payload: { nth: 'x' as unknown as number } },
      ]),
    );
    exchange.poke('ward');
    await until(async () => (await parkedEvents(letters)).length === 2);
    expect((await parkedEvents(letters))[0]).toMatchObject({ reason: 'invalid', attempts: 1 });
  });
});
