import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OpenContextDatabase } from '#platform/database';
import { JetStreams, NatsLink, type EventMessage } from '#platform/messaging';
import { startNats } from '#platform/testing';
import { EventHouse } from './events-house.ts';
import { appliedInOrder, effects, until, write } from './events-ledger.ts';
import {
  Conduct,
  discharged,
  type Discharged,
  exchangeOf,
  letterCaller,
  lettersHandlers,
  wide,
} from './events-letters.ts';

/** Holds every event of `summaries` until it is let go. */
class Gate {
  readonly inside = new Map<string, () => void>();
  /** Order keys that were inside twice at the same time. */
  readonly collisions: string[] = [];
  most = 0;
  #passed: (key: string) => boolean = () => false;

  async enter({ orderKey }: EventMessage<Discharged>): Promise<void> {
    if (this.inside.has(orderKey)) this.collisions.push(orderKey);
    const passed = new Promise<void>((resolve) => this.inside.set(orderKey, resolve));
    this.most = Math.max(this.most, this.inside.size);
    if (this.#passed(orderKey)) this.inside.get(orderKey)?.();
    await passed;
    this.inside.delete(orderKey);
  }

  letGo(keys: (key: string) => boolean): void {
    this.#passed = keys;
    for (const [key, resolve] of this.inside) if (keys(key)) resolve();
  }
}

const closing: (() => Promise<void>)[] = [];
let house: EventHouse;
let ward: OpenContextDatabase;
let letters: OpenContextDatabase;
let gate: Gate;

beforeAll(async () => {
  house = await EventHouse.start();
});
afterAll(() => house.stop());
beforeEach(async () => {
  await house.fresh();
  ward = house.database('ward');
  letters = house.database('letters', wide + 4);
  gate = new Gate();
});
afterEach(async () => {
  gate.letGo(() => true);
  for (const close of closing.splice(0).toReversed()) await close();
  await house.closeDatabases();
});

async function handlers() {
  const conduct = new Conduct();
  conduct.before = (event, subscription) =>
    subscription === 'summaries' ? gate.enter(event) : Promise.resolve();
  return lettersHandlers(conduct);
}

/** Publisher and subscriber in one process; answers how the relay is poked. */
async function inOneProcess(): Promise<() => void> {
  const exchange = exchangeOf([
    { name: 'ward', database: ward, caller: letterCaller },
    { name: 'letters', database: letters, caller: letterCaller, handlers: await handlers() },
  ]);
  closing.push(() => exchange.stop());
  await exchange.start();
  return () => exchange.poke('ward');
}

/** Each by itself, JetStream between them. */
async function overJetStream(): Promise<() => void> {
  const storage = await mkdtemp(path.join(tmpdir(), 'septum-streams-'));
  closing.push(() => rm(storage, { recursive: true, force: true }));
  const nats = await startNats({ jetstream: true, dir: storage });
  closing.push(() => nats.stop());
  const opened = async (part: Parameters<typeof exchangeOf>[0][number]) => {
    const link = await NatsLink.connect({ servers: `127.0.0.1:${nats.port}` });
    closing.push(() => link.close());
    const streams = new JetStreams({ connection: link.connection, heard: [discharged.pattern] });
    const exchange = exchangeOf([part], [], { streams });
    closing.push(() => exchange.stop());
    await exchange.start();
    return exchange;
  };
  const publisher = await opened({ name: 'ward', database: ward, caller: letterCaller });
  await opened({ name: 'letters', database: letters, caller: letterCaller, handlers: await handlers() });
  return () => publisher.poke('ward');
}

const keys = Array.from({ length: 12 }, (_, nth) => `Patient/${nth}`);
const eventsOfEach = 5;

describe.each([
  ['in one process', inOneProcess],
  ['over JetStream', overJetStream],
])('a subscription that declares eight side by side, %s', (_binding, open) => {
  it('applies eight order keys at once, no more, each in its order; one that is stuck holds up no other', async () => {
    const poke = await open();
    await write(ward, eventsOfEach, () => keys, poke);
    await until(async () => gate.inside.size === wide);
    // Nothing came out yet, so these are the first events of eight keys.
    const summaries = async () =>
      (await effects(letters)).filter(({ subscription }) => subscription === 'summaries');
    expect(await summaries()).toEqual([]);
    const [stuck] = gate.inside.keys();
    gate.letGo((key) => key !== stuck);
    await until(async () => (await summaries()).length === (keys.length - 1) * eventsOfEach);
    expect([...gate.inside.keys()]).toEqual([stuck]);
    expect((await summaries()).map(({ order_key }) => order_key)).not.toContain(stuck);
    gate.letGo(() => true);
    await until(async () => (await effects(letters)).length === 2 * keys.length * eventsOfEach);
    expect(await appliedInOrder(ward, letters, ['summaries', 'notices'])).toEqual([]);
    expect(gate.collisions).toEqual([]);
    expect(gate.most).toBe(wide);
  });
});
