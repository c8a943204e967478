import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Fault } from '#platform/fhir';
import { Feed } from '../src/events/feed.ts';
import { OutboxReader } from '../src/events/outbox-reader.ts';
import type { PositionedEvent } from '../src/events/positioned-event.ts';
import { Relay } from '../src/events/relay.ts';
import { outboxOf, type Planted, Process, storeOf, World } from './events-world.ts';

/** One course of things: who writes what, what fails how often, and when processes die or are taken for dead. */
const course = fc.record({
  writers: fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }), {
    minLength: 2,
    maxLength: 4,
  }),
  /** How often the listener fails on the n-th event before it takes it, and whether after having applied it. */
  failures: fc.array(fc.record({ times: fc.constantFrom(0, 0, 0, 1, 3, 6), afterwards: fc.boolean() }), {
    maxLength: 8,
  }),
  /** After how many rounds of its own each process dies; another takes its place. */
  deaths: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 4 }),
});
type Course = typeof course extends fc.Arbitrary<infer Value> ? Value : never;

class Simulation {
  readonly world: World;
  readonly #scheduler: fc.Scheduler;
  readonly #failures: { times: number; afterwards: boolean }[];
  readonly #wanted: number;

  constructor(scheduler: fc.Scheduler, { writers, failures }: Course, planted: Planted) {
    this.world = new World(planted);
    this.#scheduler = scheduler;
    this.#failures = failures.map((failure) => ({ ...failure }));
    this.#wanted = writers.flat().length;
  }

  async run({ writers, deaths }: Course): Promise<void> {
    const writing = writers.map(async (keys) => {
      for (const key of keys) await this.world.write(this.#scheduler, key);
    });
    // Two processes at all times, both believing to lead; the dead are replaced.
    const living = [this.#live([...deaths]), this.#live(deaths.toReversed())];
    await this.#scheduler.waitFor(Promise.all([...writing, ...living]));
  }

  async #live(deaths: number[]): Promise<void> {
    for (;;) {
      const process = new Process(this.#scheduler);
      const finished = await this.#work(process, deaths.shift() ?? Infinity);
      if (finished) return;
      process.dead = true;
      this.world.epoch += 1;
    }
  }

  /** The loops of one process, as `Relay` and `Subscriber` run them; false when it died. */
  async #work(process: Process, rounds: number): Promise<boolean> {
    const outbox = outboxOf(this.world, process);
    let epoch = this.world.epoch;
    const lease = (name: string) => ({ name, holder: 'h', epoch });
    const leases = { current: lease, take: async (name: string) => lease(name), awaits: () => false };
    const relay = new Relay(outbox, leases, 0, () => {});
    const reader = new OutboxReader(outbox);
    if (this.world.planted !== 'cursor by id') relay.listen((events) => reader.offer(events));
    const feed = new Feed({
      reader,
      store: storeOf(this.world, process),
      sideBySide: 4,
      hears: () => true,
      apply: (event) => this.#apply(process, event),
      pause: () => process.io('pause', () => {}),
      onError: () => {},
    });
    await feed.open();
    for (let round = 0; round < Math.min(rounds, 400); round += 1) {
      if (this.#done()) return true;
      await relay.publish();
      await feed.pull();
      await feed.retryDue();
      await feed.save();
      if (round % 5 === 4) this.#replayParked();
      if (round % 3 === 2) epoch = this.world.epoch;
    }
    return rounds === Infinity;
  }

  async #apply(process: Process, event: PositionedEvent): Promise<void> {
    const failure = this.#failures[Number(event.id) - 1];
    const fails = failure !== undefined && failure.times > 0;
    if (fails) failure.times -= 1;
    await process.io('apply', () => {
      if (fails && !failure.afterwards) throw new Fault('exception', 'poison');
      this.world.apply(event);
    });
    if (fails) throw new Fault('exception', 'the answer of the commit was lost');
  }

  #replayParked(): void {
    for (const [id, held] of this.world.held) {
      if (held.parked) this.world.held.set(id, { ...held, attempts: 0, due: true, parked: false });
    }
  }

  #done(): boolean {
    return (
      new Set(this.world.effects.map(({ id }) => id)).size === this.#wanted && this.world.held.size === 0
    );
  }

  /** What is wrong in the end; empty when all is right. */
  verdict(): string[] {
    const { effects, rows } = this.world;
    const wrong: string[] = [];
    const ids = effects.map(({ id }) => id);
    if (new Set(ids).size !== ids.length) wrong.push('applied twice');
    if (new Set(ids).size !== rows.length) wrong.push('lost');
    const last = new Map<string, number>();
    for (const { orderKey, orderSequence } of effects) {
      if (orderSequence <= (last.get(orderKey) ?? 0)) wrong.push('out of order');
      last.set(orderKey, orderSequence);
    }
    return wrong;
  }
}

/** Holds unless the verdict speaks of `symptom`: one fault may show in several ways, and each is to be found. */
function property(planted: Planted, symptom = /./): fc.IAsyncProperty<[fc.Scheduler, Course]> {
  return fc.asyncProperty(fc.scheduler(), course, async (scheduler, of) => {
    const simulation = new Simulation(scheduler, of, planted);
    await simulation.run(of);
    const wrong = simulation.verdict().filter((each) => symptom.test(each));
    if (wrong.length > 0) throw new Error(wrong.join(', '));
  });
}

const numRuns = process.env['SEPTUM_TEST_LENGTH'] === 'long' ? 10_000 : 500;

describe('relay and subscription under every interleaving', () => {
  it('apply each event once and in order, through failures, deaths and two leaders', async () => {
    await fc.assert(property('none'), { numRuns });
  }, 600_000);

  it.each<[Planted, RegExp]>([
    ['cursor by id', /lost/],
    ['no inbox', /twice/],
    ['cursor before apply', /lost/],
    ['later events do not queue', /out of order/],
  ])(
    'would be caught with the fault "%s"',
    async (planted, symptom) => {
      const outcome = await fc.check(property(planted, symptom), { numRuns: 2_000, endOnFailure: true });
      expect(String(outcome.errorInstance)).toMatch(symptom);
    },
    120_000,
  );
});
