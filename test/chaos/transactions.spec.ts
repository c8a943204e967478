import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, slowdown } from '#platform/testing';
import { lostOrDoubled, partialTransactions } from './harness/checkers.ts';
import { Gate } from './harness/gates.ts';
import { HouseUnderFire, medications, type Resident } from './harness/house-under-fire.ts';
import { seedOfRun, shortOrLong } from './harness/length.ts';
import { Ledger } from './harness/ledger.ts';
import { recoveryLimitMs, untilWritable } from './harness/nemesis.ts';
import { Random } from './harness/random.ts';
import { tell } from './harness/report.ts';
import { admission, typesUnderFire } from './harness/resources.ts';
import { storedVersions } from './harness/state.ts';
import { transaction } from './harness/write.ts';

/** The coordinator alone in its process, so that it and each participant can be killed without the others. */
const coordinator: Resident = { name: 'coordinator', arguments: ['--only', 'edge'], hasEdge: true };
const participants: Resident = {
  name: 'participants',
  arguments: ['--except', 'edge,medications'],
  hasEdge: false,
};
const victims = [coordinator.name, medications.name, participants.name];

/** Steps of a transaction over clinical, medications, patients (in this order), and the table that each needs. */
const steps = {
  'the first participant prepares': 'clinical.resource',
  'the second participant prepares': 'medications.resource',
  'the last participant prepares': 'patients.resource',
  'all are prepared, nothing is decided': 'edge.transaction_decision',
} as const;
type Step = keyof typeof steps | 'it is decided, a participant does not know' | 'nobody knows which';

const rounds = shortOrLong(10, 100);

interface Round {
  readonly step: Step;
  readonly victim: string;
}

/** Every step with every victim in turn, beginning anywhere; every third round strikes at random. */
function planRounds(seed: number): Round[] {
  const random = new Random(seed);
  const named = [...(Object.keys(steps) as Step[]), 'it is decided, a participant does not know' as const];
  const all = named.flatMap((step) => victims.map((victim) => ({ step, victim })));
  const first = random.between(0, all.length);
  return Array.from({ length: rounds }, (_, round): Round => {
    if (round % 3 === 2) return { step: 'nobody knows which', victim: random.pick(victims) };
    // Seven has no divisor in common with fifteen: a short run too meets all steps.
    return all[(first + round * 7) % all.length]!;
  });
}

describe('a transaction whose coordinator or participant is killed', () => {
  const seed = seedOfRun();
  const ledger = new Ledger();
  const sent: Promise<unknown>[] = [];
  let house: HouseUnderFire;

  beforeAll(async () => {
    house = await HouseUnderFire.open([participants, coordinator, medications]);
  });
  afterAll(() => house?.stop());

  it(
    `is there whole or not at all, in ${rounds} rounds`,
    async () => {
      const random = new Random(seed + 1);
      const resolved: { step: Step; victim: string; ms: number; limitMs: number }[] = [];
      for (const [nth, { step, victim }] of planRounds(seed).entries()) {
        // More than one at a time, so that some are before and some behind the one that is held.
        for (const each of [0, 1, 2]) send(nth * 3 + each, each === 0 ? 1 : 30);
        await strike(step, victim, random);
        await house.revive(victim);
        const began = performance.now();
        const slow = slowdown();
        await untilNoneInDoubt();
        const ms = Math.round(performance.now() - began);
        resolved.push({
          step,
          victim,
          ms,
          limitMs: Math.round(recoveryLimitMs.process * Math.max(slow, slowdown())),
        });
        await Promise.all(sent);
      }
      await untilWritable(house, ledger);
      await untilNoneInDoubt();
      const state = await storedVersions(house, typesUnderFire);
      const faults = [...partialTransactions(ledger.entries, state), ...lostOrDoubled(ledger.entries, state)];
      const bySteps = Map.groupBy(resolved, ({ step }) => step);
      tell('killed transactions', seed, {
        rounds,
        ledger,
        inDoubtMs: Object.fromEntries([...bySteps].map(([step, all]) => [step, all.map(({ ms }) => ms)])),
      });
      expect({ seed, saved: faults.length > 0 && ledger.save(seed), faults }).toEqual({
        seed,
        saved: false,
        faults: [],
      });
      expect({ seed, late: resolved.filter(({ ms, limitMs }) => ms > limitMs) }).toEqual({ seed, late: [] });
    },
    shortOrLong(1_200_000, 3_600_000),
  );

  function send(nth: number, attempts = 30): void {
    sent.push(transaction(house, ledger, admission(nth), { attempts, limitMs: 5_000 }));
  }

  /** Kills the victim when the transaction is at the step. */
  async function strike(step: Step, victim: string, random: Random): Promise<void> {
    if (step === 'nobody knows which') {
      await sleep(random.between(0, 150));
      return house.kill(victim);
    }
    if (step === 'it is decided, a participant does not know') return strikeBehindDecision(victim);
    const gate = await Gate.shut(house, steps[step]);
    try {
      // The three that were sent may all be through already: then this one comes to the gate.
      send(1);
      await gate.reached();
      await house.kill(victim);
    } finally {
      await gate.open();
    }
  }

  /** Medications is frozen once all have prepared, the others are told what is decided, and then the victim is killed. */
  async function strikeBehindDecision(victim: string): Promise<void> {
    const gate = await Gate.shut(house, steps['all are prepared, nothing is decided']);
    let prepared: readonly string[];
    try {
      send(2);
      prepared = await eventually(untilPreparedByAll);
      house.freeze(medications.name);
    } finally {
      await gate.open();
    }
    try {
      await eventually(async () => {
        const decided = await house.query(
          'select from edge.transaction_decision where transaction_id::text = any($1) and decision is not null',
          [prepared],
        );
        if (decided.length === 0) throw new Error('Of the prepared transactions none is decided.');
      });
      await house.kill(victim);
    } finally {
      if (house.isRunning(medications.name)) house.thaw(medications.name);
    }
  }

  /** The transactions that their first and their last participant have prepared, and so all of them. */
  async function untilPreparedByAll(): Promise<string[]> {
    const found = await house.query<{ id: string }>(
      `select substr(own.gid, length('medications:') + 1) as id from pg_prepared_xacts own
         join pg_prepared_xacts last on last.gid = 'patients:' || substr(own.gid, length('medications:') + 1)
        where starts_with(own.gid, 'medications:')`,
    );
    if (found.length === 0) throw new Error('No transaction is prepared by all.');
    return found.map(({ id }) => id);
  }

  /** Prepared transactions older than a moment: those under way are not in doubt. */
  async function untilNoneInDoubt(): Promise<void> {
    await eventually(async () => {
      const [row] = await house.query<{ inDoubt: number }>(
        `select count(*)::int4 as "inDoubt" from pg_prepared_xacts where prepared < now() - interval '1 second'`,
      );
      if (row!.inDoubt > 0) throw new Error(`${row!.inDoubt} transactions are in doubt.`);
    });
  }
});
