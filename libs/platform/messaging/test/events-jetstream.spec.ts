import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import type { OpenContextDatabase } from '#platform/database';
import { type EventExchange, JetStreams, NatsLink } from '#platform/messaging';
import { slowdown, startNats, type NatsServer } from '#platform/testing';
import { EventHouse } from './events-house.ts';
import { appliedInOrder, effects, until, write } from './events-ledger.ts';
import {
  Conduct,
  discharged,
  type Errors,
  exchangeOf,
  letterCaller,
  lettersHandlers,
} from './events-letters.ts';

let house: EventHouse;
let nats: NatsServer;
let storage: string;
let ward: OpenContextDatabase;
let letters: OpenContextDatabase;
let errors: Errors;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  house = await EventHouse.start();
});
afterAll(() => house.stop());
beforeEach(async () => {
  await house.fresh();
  storage = await mkdtemp(path.join(tmpdir(), 'septum-streams-'));
  nats = await startNats({ jetstream: true, dir: storage });
  ward = house.database('ward', 20);
  letters = house.database('letters');
  errors = [];
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await house.closeDatabases();
  await nats.stop();
  await rm(storage, { recursive: true, force: true });
});

async function link(): Promise<NatsLink> {
  const made = await NatsLink.connect({ servers: `127.0.0.1:${nats.port}`, reconnectTimeWait: 100 });
  closing.push(() => made.close());
  return made;
}

async function publisher(heard = [discharged.pattern]): Promise<EventExchange> {
  const { connection } = await link();
  const streams = new JetStreams({ connection, heard });
  const exchange = exchangeOf([{ name: 'ward', database: ward, caller: letterCaller }], errors, { streams });
  closing.unshift(() => exchange.stop());
  await exchange.start();
  return exchange;
}

async function subscriber(conduct = new Conduct()): Promise<EventExchange> {
  const { connection } = await link();
  const streams = new JetStreams({ connection, heard: [discharged.pattern] });
  const handlers = await lettersHandlers(conduct);
  const parts = [{ name: 'letters', database: letters, caller: letterCaller, handlers }];
  const exchange = exchangeOf(parts, errors, { streams });
  closing.unshift(() => exchange.stop());
  await exchange.start();
  return exchange;
}

const all = (count: number) => async (): Promise<boolean> => (await effects(letters)).length === count;
const wrong = (): Promise<string[]> => appliedInOrder(ward, letters, ['summaries', 'notices']);

/** As after the loss of a disk: the server comes back on its port and knows nothing. */
async function loseStorage(): Promise<void> {
  await nats.kill();
  await rm(path.join(storage, 'streams'), { recursive: true, force: true });
  nats = await startNats({ jetstream: true, dir: storage, port: nats.port });
}

describe('events between processes', () => {
  it('are applied once and in order, by two copies of publisher and subscriber', async () => {
    const exchanges = [await publisher(), await publisher()];
    await subscriber();
    await subscriber();
    const writers = Array.from({ length: 16 }, (_, writer) =>
      write(
        ward,
        50,
        (n) => [`Patient/${(writer + n) % 7}`],
        () => exchanges[writer % 2]?.poke('ward'),
      ),
    );
    await Promise.all(writers);
    await until(all(2 * 16 * 50));
    expect(await wrong()).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('wait in the outbox while NATS is down', async () => {
    const exchange = await publisher();
    await subscriber();
    await write(
      ward,
      20,
      (n) => [`Patient/${n % 3}`],
      () => exchange.poke('ward'),
    );
    await until(all(40));
    await nats.kill();
    await write(
      ward,
      20,
      (n) => [`Patient/${n % 3}`],
      () => exchange.poke('ward'),
    );
    nats = await startNats({ jetstream: true, dir: storage, port: nats.port });
    await until(all(80));
    expect(await wrong()).toEqual([]);
  });

  it('are applied exactly once when the storage of NATS is deleted in between', async () => {
    const exchange = await publisher();
    await subscriber();
    await write(
      ward,
      300,
      (n) => [`Patient/${n % 9}`],
      () => exchange.poke('ward'),
    );
    await until(all(600));
    await loseStorage();
    await write(
      ward,
      100,
      (n) => [`Patient/${n % 9}`],
      () => exchange.poke('ward'),
    );
    await until(all(800));
    expect(await wrong()).toEqual([]);
    const manager = await jetstreamManager((await link()).connection);
    const rebuilt = async (): Promise<boolean> =>
      (await manager.streams.info('septum-ward')).state.messages === 400;
    await until(rebuilt);
  });

  it('are applied exactly once when the storage is deleted under load, before the subscriber has them', async () => {
    const exchange = await publisher();
    await subscriber();
    const writing = Promise.all(
      Array.from({ length: 4 }, () =>
        write(
          ward,
          150,
          (n) => [`Patient/${n % 9}`],
          () => exchange.poke('ward'),
        ),
      ),
    );
    await until(async () => (await effects(letters)).length > 50);
    await loseStorage();
    await writing;
    await until(all(1_200));
    expect(await wrong()).toEqual([]);
  });

  it('are shipped again when a stream is deleted while the server runs', async () => {
    const exchange = await publisher();
    await subscriber();
    await write(
      ward,
      50,
      () => ['Patient/1'],
      () => exchange.poke('ward'),
    );
    await until(all(100));
    const manager = await jetstreamManager((await link()).connection);
    await manager.streams.delete('septum-ward');
    await write(
      ward,
      50,
      () => ['Patient/1'],
      () => exchange.poke('ward'),
    );
    await until(all(200));
    expect(await wrong()).toEqual([]);
  });

  it('reach a subscriber that was away, and one that is new, from the stream', async () => {
    const exchange = await publisher();
    await write(
      ward,
      30,
      (n) => [`Patient/${n % 4}`],
      () => exchange.poke('ward'),
    );
    const first = await subscriber();
    await until(all(60));
    await first.stop();
    await write(
      ward,
      30,
      (n) => [`Patient/${n % 4}`],
      () => exchange.poke('ward'),
    );
    await subscriber();
    await until(all(120));
    expect(await wrong()).toEqual([]);
  });

  it('are read on from where reading ended, not from the beginning', async () => {
    const exchange = await publisher();
    const first = await subscriber();
    await write(
      ward,
      30,
      () => ['Patient/1'],
      () => exchange.poke('ward'),
    );
    await until(all(60));
    await first.stop();
    await subscriber();
    const manager = await jetstreamManager((await link()).connection);
    const begins = async (): Promise<(number | undefined)[]> => {
      const consumers = [];
      for await (const { config } of manager.consumers.list('septum-ward')) consumers.push(config);
      return consumers.map(({ opt_start_seq }) => opt_start_seq);
    };
    await until(async () => {
      const found = await begins();
      return found.length === 2 && found.every((sequence) => sequence === 31);
    });
  });

  it('are not carried when nobody hears them, and from the first day on when somebody does', async () => {
    const deaf = await publisher(['ward.stay.moved.v1']);
    await write(
      ward,
      30,
      () => ['Patient/1'],
      () => deaf.poke('ward'),
    );
    const manager = await jetstreamManager((await link()).connection);
    const messages = async () => (await manager.streams.info('septum-ward')).state.messages;
    await until(async () => (await messages()) === 0);
    await deaf.stop();
    await publisher(['ward.stay.moved.v1', discharged.pattern]);
    await subscriber();
    await until(all(60));
    expect(await messages()).toBe(30);
    expect(await wrong()).toEqual([]);
  });

  it('are carried once where two contexts hear them', async () => {
    const twice = await publisher([discharged.pattern, discharged.pattern]);
    await subscriber();
    await write(
      ward,
      30,
      () => ['Patient/1'],
      () => twice.poke('ward'),
    );
    await until(all(60));
    const manager = await jetstreamManager((await link()).connection);
    expect((await manager.streams.info('septum-ward')).state.messages).toBe(30);
  });

  it('show as lag when the stream is full, and are carried on when it has room', async () => {
    const { connection } = await link();
    const streams = new JetStreams({ connection, heard: [discharged.pattern], maxBytes: 4_000 });
    const parts = [{ name: 'ward', database: ward, caller: letterCaller }];
    const exchange = exchangeOf(parts, errors, { streams });
    closing.unshift(() => exchange.stop());
    await exchange.start();
    await write(
      ward,
      50,
      () => ['Patient/1'],
      () => exchange.poke('ward'),
    );
    await until(async () => (await exchange.lagOf('ward')).outboxLagMs > 1_000);
    const manager = await jetstreamManager(connection);
    await manager.streams.update('septum-ward', { max_bytes: 1_000_000 });
    await subscriber();
    await until(all(100));
    await until(async () => (await exchange.lagOf('ward')).outboxLagMs === 0);
    expect(await wrong()).toEqual([]);
  });

  it('do not mistake the stream of another outbox for their own', async () => {
    const exchange = await publisher();
    await write(
      ward,
      30,
      () => ['Patient/1'],
      () => exchange.poke('ward'),
    );
    await subscriber();
    await until(all(60));
    // A new installation meets the storage of an old one.
    await Promise.all(closing.splice(0).map((close) => close()));
    await house.fresh();
    ward = house.database('ward');
    letters = house.database('letters');
    const anew = await publisher();
    await subscriber();
    await write(
      ward,
      10,
      () => ['Patient/1'],
      () => anew.poke('ward'),
    );
    await until(all(20));
    expect(await wrong()).toEqual([]);
  });

  it('move on to the other copy when a subscriber dies silently', async () => {
    const exchange = await publisher();
    const hung = new Conduct();
    let hangs = false;
    hung.before = () => (hangs ? new Promise(() => {}) : Promise.resolve());
    await subscriber(hung);
    await write(
      ward,
      5,
      () => ['Patient/1'],
      () => exchange.poke('ward'),
    );
    await until(all(10));
    hangs = true;
    const leader = letters;
    letters = house.database('letters');
    await subscriber();
    await leader.close();
    const died = Date.now();
    await write(
      ward,
      5,
      () => ['Patient/1'],
      () => exchange.poke('ward'),
    );
    await until(all(20));
    expect(Date.now() - died).toBeLessThan(10_000 * slowdown());
    expect(await wrong()).toEqual([]);
  });
});
