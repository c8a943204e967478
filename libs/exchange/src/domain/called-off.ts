import type { Mode } from '#platform/v2-to-fhir';

type Json = Readonly<Record<string, unknown>>;

/** What an encounter may still be `cancelled` from: care had not begun. */
const notBegun = new Set<unknown>(['planned', 'arrived', 'triaged', 'unknown', 'cancelled', undefined]);

/**
 * A message that calls an encounter off (A11) says `cancelled`. Of one that had begun that cannot be said: it was recorded
 * in error. https://hl7.org/fhir/R4/valueset-encounter-status.html
 */
export function calledOff(before: Json | undefined, after: Json, mode: Mode): Json {
  if (mode !== 'cancel' || after['resourceType'] !== 'Encounter' || notBegun.has(before?.['status']))
    return after;
  return { ...after, status: 'entered-in-error' };
}
