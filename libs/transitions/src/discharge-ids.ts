import { derivedId } from '#platform/fhir';
import type { OwnId } from '#platform/store';
import type { DischargeIds } from './domain/discharge-composition.ts';

/**
 * The ids of the document of one discharge: whoever assembles it, and however often, writes the same resources. A stay that
 * ends again, after its discharge was called off, has another discharge, and with it another document.
 *
 * @param discharge the id of the event
 */
export function dischargeIds(ownId: OwnId, encounter: string, discharge: string): DischargeIds {
  const from = (kind: string) => ['discharge-summary', kind, encounter, discharge];
  return {
    bundle: ownId(...from('Bundle')),
    composition: ownId(...from('Composition')),
    documentReference: ownId(...from('DocumentReference')),
    document: derivedId(...from('document')),
  };
}
