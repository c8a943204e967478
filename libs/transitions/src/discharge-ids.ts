import { derivedId } from '#platform/fhir';
import type { DischargeIds } from './domain/discharge-composition.ts';

/**
 * The ids of the document of one discharge: whoever assembles it, and however often, writes the same resources. A stay that
 * ends again, after its discharge was called off, has another discharge, and with it another document.
 *
 * @param discharge the id of the event
 */
export function dischargeIds(encounter: string, discharge: string): DischargeIds {
  const idOf = (kind: string) => derivedId('discharge-summary', kind, encounter, discharge);
  return {
    bundle: idOf('Bundle'),
    composition: idOf('Composition'),
    documentReference: idOf('DocumentReference'),
    document: idOf('document'),
  };
}
