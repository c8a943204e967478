import { derivedId } from '#platform/fhir';
import type { DischargeIds } from './domain/discharge-composition.ts';

/** The ids of an encounter's discharge summary: whoever assembles it, and however often, writes the same resources. */
export function dischargeIds(encounter: string): DischargeIds {
  const idOf = (kind: string) => derivedId('discharge-summary', kind, encounter);
  return {
    bundle: idOf('Bundle'),
    composition: idOf('Composition'),
    documentReference: idOf('DocumentReference'),
    document: idOf('document'),
  };
}
