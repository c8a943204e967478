import { firstUrl, type Resource } from './write.ts';

/** The types that are written under fire, and the context that owns each. */
export const typesUnderFire: Readonly<Record<string, string>> = {
  Patient: 'patients',
  Observation: 'clinical',
  Encounter: 'encounters',
  MedicationRequest: 'medications',
};

export function patient(family: string): Resource {
  return { resourceType: 'Patient', name: [{ family }], birthDate: '1950-03-01' };
}

export function observation(value: number, subject = 'Patient/under-fire'): Resource {
  const valueQuantity = { value, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' };
  const code = { text: 'Heart rate' };
  return {
    resourceType: 'Observation',
    status: 'final',
    code,
    subject: { reference: subject },
    valueQuantity,
  };
}

export function order(text: string, subject = 'Patient/under-fire'): Resource {
  return {
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    subject: { reference: subject },
    medicationCodeableConcept: { text },
  };
}

/** A patient with something in two further contexts: three participants. */
export function admission(nth: number): Resource[] {
  return [patient(`Bundle ${nth}`), observation(60 + (nth % 40), firstUrl), order(`Dose ${nth}`, firstUrl)];
}

const inpatient = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' };

export function encounter(
  id: string,
  subject: string,
  status: 'in-progress' | 'finished',
): Resource & { readonly id: string } {
  const period = {
    start: '2026-11-01T07:30:00Z',
    ...(status === 'finished' ? { end: '2026-11-02T10:00:00Z' } : {}),
  };
  return { resourceType: 'Encounter', id, status, class: inpatient, subject: { reference: subject }, period };
}
