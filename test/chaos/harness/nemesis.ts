import { setTimeout as sleep } from 'node:timers/promises';
import { slowdown } from '#platform/testing';
import type { HouseUnderFire } from './house-under-fire.ts';
import type { Ledger } from './ledger.ts';
import { Random } from './random.ts';
import { observation, order, patient } from './resources.ts';
import { create } from './write.ts';

/** One kill of a schedule. */
export interface Strike {
  readonly victim: string;
  /** After everything works again. */
  readonly afterMs: number;
  /** Before the victim is started again. PostgreSQL does not wait for this: it is watched. */
  readonly downMs: number;
}

export interface Struck extends Strike {
  /** From the kill until a write to each context succeeded, without the time the victim was left down. */
  readonly recoveredMs: number;
  /** What was promised for this, on a machine as slow as it was then. */
  readonly limitMs: number;
}

/** Promise P7 of `docs/promises.md`. */
export const recoveryLimitMs = { process: 5_000, postgres: 15_000 };

/** Every victim as often as the others, in an order that follows from the seed. */
export function planStrikes(seed: number, victims: readonly string[], kills: number): Strike[] {
  const random = new Random(seed);
  let round: string[] = [];
  return Array.from({ length: kills }, () => {
    if (round.length === 0) round = [...victims];
    const [victim] = round.splice(random.between(0, round.length), 1);
    return { victim: victim!, afterMs: random.between(500, 2_500), downMs: random.between(0, 1_500) };
  });
}

/** Kills as planned, and starts again what was killed. */
export async function strikeAll(
  house: HouseUnderFire,
  ledger: Ledger,
  strikes: readonly Strike[],
): Promise<Struck[]> {
  const done: Struck[] = [];
  for (const strike of strikes) {
    await sleep(strike.afterMs);
    await house.kill(strike.victim);
    const slow = [slowdown()];
    const killed = performance.now();
    const downMs = strike.victim === 'postgres' ? 0 : strike.downMs;
    await sleep(downMs);
    await house.revive(strike.victim);
    await untilWritable(house, ledger);
    const recoveredMs = Math.round(performance.now() - killed - downMs);
    slow.push(slowdown());
    const promised = recoveryLimitMs[strike.victim === 'postgres' ? 'postgres' : 'process'];
    done.push({ ...strike, recoveredMs, limitMs: Math.round(promised * Math.max(...slow)) });
  }
  return done;
}

/** Those that took longer than was promised. */
export function late(struck: readonly Struck[]): Struck[] {
  return struck.filter(({ recoveredMs, limitMs }) => recoveredMs > limitMs);
}

/** Resolves when a write to each context of the load succeeds. */
export async function untilWritable(house: HouseUnderFire, ledger: Ledger, limitMs = 240_000): Promise<void> {
  const until = Date.now() + limitMs;
  for (const probe of [patient('Probe'), observation(1), order('Probe')]) {
    for (;;) {
      const { outcome, statuses } = await create(house, ledger, probe, { limitMs: 2_000 });
      if (outcome === 'ok') break;
      if (Date.now() > until)
        throw new Error(`${probe.resourceType} cannot be written after ${limitMs} ms: ${statuses.join()}`);
      await sleep(50);
    }
  }
}
