import { Fault, idForm } from '#platform/fhir';
import type { Caller } from './caller.ts';

/**
 * The rows a caller may see, in the form row-level security compares with: `*` for a caller not confined to
 * patients, else the patients' ids, comma-separated. A caller confined to no patient at all sees no row, never all.
 */
export function rowPolicy(caller: Caller): string {
  if (caller.patients === undefined) return '*';
  // An id that is none could smuggle in a second one, or the star.
  if (!caller.patients.every((id) => idForm.test(id))) {
    throw new Fault(
      'forbidden',
      'The caller is confined to something that is not a patient id. Ask for a new token.',
    );
  }
  return caller.patients.join(',');
}
