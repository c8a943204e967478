import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenContextDatabase } from '#platform/database';
import { startNats, type NatsServer } from '#platform/testing';
import { EventHouse } from './events-house.ts';
import { appliedInOrder, effects, until, write } from './events-ledger.ts';
import type { EventProcessOptions } from './events-process.ts';

/** Where a process dies: each step between the commit of an event and the memory of its having been applied. */
const publishing = [
  'before ward.outbox.publish',
  'after ward.outbox.publish',
  'before ward.outbox.read',
  'after ward.outbox.read',
];
const shipping = publishing.map((step) => step.replace('outbox.read', 'outbox.read-heard'));
const applying = [
  'before letters.inbox.mark',
  'before commit',
  'after commit',
  'before letters.subscription.hold',
  'after letters.subscription.hold',
  'before letters.subscription.release',
  'after letters.subscription.release',
  'before letters.subscription.advance',
  'after letters.subscription.advance',
];
/** Every step in the long form, else one of each kind. */
const long = process.env['SEPTUM_TEST_LENGTH'] === 'long';
const some = (steps: readonly string[], chosen: readonly number[]): readonly string[] =>
  long ? steps : chosen.flatMap((n) => steps[n] ?? []);

let house: EventHouse;
let nats: NatsServer;
let ward: OpenContextDatabase;
let letters: OpenContextDatabase;
const children: ChildProcess[] = [];
let written = 0;

beforeAll(async () => {
  house = await EventHouse.start();
  await house.fresh();
  nats = await startNats({ jetstream: true });
  ward = house.database('ward');
  letters = house.database('letters');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await house.stop();
  await nats.stop();
});

/** Resolves with the process once it works, or has died at its step. */
async function start(options: EventProcessOptions): Promise<ChildProcess> {
  const run = [
    '--conditions=source',
    '--disable-warning=ExperimentalWarning',
    '--import',
    './run-source.mjs',
  ];
  const child = spawn(process.execPath, [...run, 'events-process.ts', JSON.stringify(options)], {
    cwd: path.join(import.meta.dirname),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await new Promise((resolve) => {
    child.stdout.once('data', resolve);
    child.once('exit', resolve);
  });
  return child;
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function killAt(dying: EventProcessOptions, next: EventProcessOptions): Promise<void> {
  const child = await start(dying);
  for (let n = 0; !ended(child); n += 1) {
    // Each write leads through every step: a process that has not come to its own after so many never will.
    expect(n).toBeLessThan(400);
    await write(
      ward,
      1,
      () => [`Patient/${n % 5}`],
      () => {},
    );
    written += 1;
    await sleep(50);
  }
  expect(child.signalCode).toBe('SIGKILL');
  await start(next);
  await until(async () => (await effects(letters)).length === 2 * written);
  expect(await appliedInOrder(ward, letters, ['summaries', 'notices'])).toEqual([]);
}

describe('every event is applied once and in order when a process is killed', () => {
  it.each(some([...publishing, ...applying], [1, 6]))('in one process %s', async (step) => {
    const both = { wardUrl: house.urlOf('ward'), lettersUrl: house.urlOf('letters') };
    await killAt({ ...both, step, nth: 2 }, both);
  });

  it.each(some(shipping, [3]))('as the publisher over NATS %s', async (step) => {
    const publisher = { wardUrl: house.urlOf('ward'), natsUrl: nats.url };
    await start({ lettersUrl: house.urlOf('letters'), natsUrl: nats.url });
    await killAt({ ...publisher, step, nth: 2 }, publisher);
  });

  it.each(some(applying, [1]))('as the subscriber over NATS %s', async (step) => {
    const subscriber = { lettersUrl: house.urlOf('letters'), natsUrl: nats.url };
    await start({ wardUrl: house.urlOf('ward'), natsUrl: nats.url });
    await killAt({ ...subscriber, step, nth: 2 }, subscriber);
  });
});
