import type { Json } from '#platform/testing';

/** The encounter of a patient's stay in March 2026. */
export function stayOf(who: string, status: 'in-progress' | 'finished'): Json {
  return {
    resourceType: 'Encounter',
    id: `stay-${who}`,
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
    subject: { reference: `Patient/${who}` },
    period: {
      start: '2026-03-02T08:00:00Z',
      ...(status === 'finished' ? { end: '2026-03-09T10:00:00Z' } : {}),
    },
  };
}

const named = (text: string) => ({ medicationCodeableConcept: { text } });
const daily = (value: number) => [
  {
    doseAndRate: [{ doseQuantity: { value, unit: 'mg' } }],
    timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
  },
];

/** At home metoprolol and levothyroxine; on the ward more metoprolol, ibuprofen twice, and amoxicillin in spite of an allergy. */
export function stayWithMedications(who: string): readonly Json[] {
  const subject = { reference: `Patient/${who}` };
  const order = (id: string, text: string, more: object = {}) => ({
    resourceType: 'MedicationRequest',
    id: `${who}-${id}`,
    status: 'active',
    intent: 'order',
    subject,
    authoredOn: '2026-03-03',
    ...named(text),
    ...more,
  });
  const statement = (id: string, text: string, more: object = {}) => ({
    resourceType: 'MedicationStatement',
    id: `${who}-${id}`,
    status: 'active',
    subject,
    ...named(text),
    ...more,
  });
  return [
    { resourceType: 'Patient', id: who, name: [{ family: 'Okafor' }] },
    stayOf(who, 'in-progress'),
    statement('home', 'Metoprolol 50 mg tablet', { informationSource: subject, dosage: daily(50) }),
    statement('thyroid', 'Levothyroxine 50 mcg'),
    order('beta', 'Metoprolol 100 mg tablet', { dosageInstruction: daily(100) }),
    order('pain', 'Ibuprofen 400 mg tablet'),
    order('more', 'Ibuprofen 600 mg tablet'),
    order('anti', 'Amoxicillin 500 mg'),
    {
      resourceType: 'AllergyIntolerance',
      id: `${who}-allergy`,
      patient: subject,
      code: { text: 'Amoxicillin' },
    },
    {
      resourceType: 'MedicationAdministration',
      id: `${who}-given`,
      status: 'completed',
      subject,
      effectiveDateTime: '2026-03-04T10:00:00Z',
      ...named('Ibuprofen 400 mg'),
    },
  ];
}
