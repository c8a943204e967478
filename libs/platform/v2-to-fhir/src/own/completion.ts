import { compilePath, type Step } from '../path.ts';

/** Whom a resource is about, where the official tables leave it to be understood. */
const links: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Account: [['subject', 'Patient']],
  AllergyIntolerance: [['patient', 'Patient']],
  CareTeam: [['subject', 'Patient']],
  ChargeItem: [
    ['subject', 'Patient'],
    ['context', 'Encounter'],
    ['account', 'Account'],
  ],
  Condition: [
    ['subject', 'Patient'],
    ['encounter', 'Encounter'],
  ],
  Coverage: [['beneficiary', 'Patient']],
  DiagnosticReport: [
    ['basedOn', 'ServiceRequest'],
    ['subject', 'Patient'],
    ['encounter', 'Encounter'],
    ['specimen', 'Specimen'],
  ],
  Encounter: [
    ['subject', 'Patient'],
    ['account', 'Account'],
  ],
  EpisodeOfCare: [['patient', 'Patient']],
  Immunization: [
    ['patient', 'Patient'],
    ['encounter', 'Encounter'],
  ],
  MedicationAdministration: [
    ['subject', 'Patient'],
    ['context', 'Encounter'],
  ],
  MedicationDispense: [
    ['subject', 'Patient'],
    ['context', 'Encounter'],
  ],
  MedicationRequest: [
    ['subject', 'Patient'],
    ['encounter', 'Encounter'],
  ],
  Observation: [
    ['subject', 'Patient'],
    ['encounter', 'Encounter'],
  ],
  Procedure: [
    ['subject', 'Patient'],
    ['encounter', 'Encounter'],
  ],
  RelatedPerson: [['patient', 'Patient']],
  ServiceRequest: [
    ['subject', 'Patient'],
    ['encounter', 'Encounter'],
    ['specimen', 'Specimen'],
  ],
  Specimen: [['subject', 'Patient']],
};

/** What an observation is of that a report encloses; in an order, it is what was known before. */
const reported: readonly (readonly [string, string])[] = [
  ['basedOn', 'ServiceRequest'],
  ['specimen', 'Specimen'],
];

const compiled = new Map<string, readonly (readonly [readonly Step[], string])[]>();

export function usualLinks(
  type: string,
  isReported: boolean,
): readonly (readonly [readonly Step[], string])[] {
  const key = isReported ? `reported ${type}` : type;
  let found = compiled.get(key);
  if (!found) {
    const all = [...(links[type] ?? []), ...(isReported ? reported : [])];
    found = all.map(([path, target]) => [compilePath(path, type), target] as const);
    compiled.set(key, found);
  }
  return found;
}

/** The field by which a resource of a type is found again. */
export const neededFor: Readonly<Record<string, string>> = {
  Patient: 'PID[1]-3',
  Encounter: 'PV1[1]-19',
  ServiceRequest: 'ORC[1]-2',
  DiagnosticReport: 'OBR[1]-3',
  MedicationRequest: 'ORC[1]-2',
  MedicationDispense: 'RXD[1]-7',
  MedicationAdministration: 'ORC[1]-2',
};

const unknown = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};

/** What R4 demands and a message may leave open: said to be unknown, in R4's own words for it. */
const demanded: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Account: { status: 'unknown' },
  ChargeItem: { status: 'unknown', code: unknown },
  Coverage: { status: 'active', payor: [unknown] },
  DiagnosticReport: { status: 'unknown', code: unknown },
  Encounter: {
    status: 'unknown',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK' },
  },
  EpisodeOfCare: { status: 'active' },
  Immunization: { status: 'completed', vaccineCode: unknown, _occurrenceDateTime: unknown },
  MedicationAdministration: {
    status: 'unknown',
    medicationCodeableConcept: unknown,
    _effectiveDateTime: unknown,
  },
  MedicationDispense: { status: 'unknown', medicationCodeableConcept: unknown },
  MedicationRequest: { status: 'unknown', intent: 'order', medicationCodeableConcept: unknown },
  Observation: { status: 'unknown', code: unknown },
  Procedure: { status: 'unknown' },
  Provenance: { agent: [{ who: unknown }] },
  ServiceRequest: { status: 'unknown', intent: 'order' },
};

/** Elements of which one is there instead of the other. */
const choices: Readonly<Record<string, RegExp>> = {
  medicationCodeableConcept: /^medication/,
  _occurrenceDateTime: /^occurrence/,
  _effectiveDateTime: /^effective/,
};

/** Adds to a resource what R4 demands of its type, and names what it added. */
export function complete(type: string, content: Record<string, unknown>): string[] {
  const added: string[] = [];
  for (const [name, value] of Object.entries(demanded[type] ?? {})) {
    const choice = choices[name];
    if (name in content || (choice && Object.keys(content).some((member) => choice.test(member)))) continue;
    content[name] = value;
    added.push(name);
  }
  return added;
}
