import type { CodeMap } from '../tables.ts';
import { languages } from './languages.ts';
import { medicationCodes } from './medications.ts';
import { restrictionCodes } from './restrictions.ts';

const encounterStatus = (code: string): readonly [string, string, string] => [
  code,
  '',
  'http://hl7.org/fhir/encounter-status',
];
const actCodes = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const requestStatus = 'http://hl7.org/fhir/request-status';
const orderStatus = (code: string): readonly [string, string, string] => [code, '', requestStatus];

/** Laid over HL7's code maps. */
export const codeMaps: Readonly<Record<string, CodeMap>> = {
  ...medicationCodes,
  // What an event alone says of the visit. HL7's table leaves the cancelling ones out.
  'Event[EncounterStatus]': {
    codes: { A14: encounterStatus('planned'), A38: encounterStatus('cancelled') },
  },
  // HL7 leaves it empty. ISO 639-2 has three letters where BCP 47 has two.
  PrimaryLanguage: { from: 'HL70296', codes: languages },
  ...restrictionCodes,
  ReferralStatus: {
    from: 'HL70283',
    codes: {
      A: ['active', '', requestStatus],
      P: ['on-hold', '', requestStatus],
      R: ['revoked', '', requestStatus],
      E: ['revoked', '', requestStatus],
    },
  },
  ReferralPriority: {
    from: 'HL70280',
    codes: { S: ['stat'], A: ['asap'], R: ['routine'] },
  },
  // HL7 leaves out the name that one is born with.
  NameType: { from: 'HL70200', codes: { B: ['official', 'Official', 'http://hl7.org/fhir/name-use'] } },
  PlanId: {
    codes: {
      HMO: ['HMO', 'health maintenance organization policy', actCodes],
      PPO: ['PPO', 'preferred provider organization policy', actCodes],
      POS: ['POS', 'point of service policy', actCodes],
    },
  },
  UnitsOfTime: {
    codes: {
      sec: ['s'],
      S: ['s'],
      M: ['min'],
      hr: ['h'],
      H: ['h'],
      D: ['d'],
      day: ['d'],
      W: ['wk'],
      L: ['mo'],
      ann: ['a'],
      yr: ['a'],
    },
  },
  // HL7 maps the mobile phone to a use, where a system is asked for.
  TelecommunicationEquipmentType: {
    codes: { CP: ['phone', 'Phone', 'http://hl7.org/fhir/contact-point-system'] },
  },
  // HL7 leaves ethnicity to the realm: the categories of the US.
  Ethnicity: {
    from: 'HL70189',
    codes: {
      H: ['2135-2', 'Hispanic or Latino'],
      N: ['2186-5', 'Non Hispanic or Latino'],
      U: ['UNK', 'Unknown'],
    },
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
