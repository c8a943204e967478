import type { CodeMap } from '../tables.ts';
import { medicationCodes } from './medications.ts';

const encounterStatus = (code: string): readonly [string, string, string] => [code, '', 'http://hl7.org/fhir/encounter-status'];
const orderStatus = (code: string): readonly [string, string, string] => [code, '', 'http://hl7.org/fhir/request-status'];

/** Laid over HL7's code maps. */
export const codeMaps: Readonly<Record<string, CodeMap>> = {
  ...medicationCodes,
  // What an event alone says of the visit. HL7's table leaves the cancelling ones out.
  'Event[EncounterStatus]': {
    codes: { A14: encounterStatus('planned'), A38: encounterStatus('cancelled') },
  },
  // What becomes of an order by its control code (ORC-1), where ORC-5 does not tell: HL7 maps half of them.
  'OrderControlCode[ServiceRequest.status]': {
    codes: {
      CA: orderStatus('revoked'),
      HD: orderStatus('on-hold'),
      RP: orderStatus('active'),
      RE: orderStatus('unknown'),
      SC: orderStatus('active'),
      XO: orderStatus('active'),
      XX: orderStatus('active'),
    },
  },
};
