import type { Caller } from '#platform/access';
import { idForm } from '#platform/fhir';
import type { StoreParts } from '../store-parts.ts';

/** Data that leave this installation, or that another one is asked for. */
export interface RecordedDisclosure {
  /** `R`: own data leave; `E`: others' are searched. */
  readonly action: 'R' | 'E';
  readonly type: string;
  readonly id?: string;
  /** How many resources leave. */
  readonly count: number;
  /** Ids of the patients concerned. */
  readonly patients: readonly string[];
  /** The recipient, and for what. */
  readonly detail: string;
}

/** Resolves once the record is durable; until then nothing may leave. */
export function recordDisclosure(
  { audit }: StoreParts,
  caller: Caller,
  { patients, ...disclosure }: RecordedDisclosure,
): Promise<void> {
  // What is no id is nobody here, and could break out of the array.
  const ids = new Set(patients.filter((id) => idForm.test(id)));
  return audit.append({ caller, ...disclosure, patients: `{${[...ids].join(',')}}` });
}
