import type { DemoResource } from './building-blocks.ts';
import { demoHospital } from './hospital.ts';
import { historyOf } from './history.ts';
import { demoPerson } from './person.ts';
import { Random } from './random.ts';

export interface DemoOptions {
  readonly patients: number;
  /** Other seeds, other people. */
  readonly seed: string;
  /** When the histories end, milliseconds since the epoch. */
  readonly until: number;
}

/** The default end of the histories. It is fixed, so that the same demonstration loaded again changes nothing. */
export const demoUntil = Date.UTC(2026, 10, 1);

/**
 * Synthetic patients with plausible histories, as FHIR R4 resources. Nothing refers ahead; the n-th patient is the
 * same however many are asked for.
 */
export function* demoHouse({ patients, seed, until }: DemoOptions): Generator<DemoResource> {
  const hospital = demoHospital(new Random(seed, 'hospital'));
  yield* hospital.all;
  for (let number = 1; number <= patients; number++) {
    const random = new Random(seed, 'patient', number);
    const person = demoPerson(random, hospital, number, until);
    yield* historyOf(random, hospital, person);
  }
}
