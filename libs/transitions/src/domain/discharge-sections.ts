import { all, fields, words } from '#platform/fhir';
import type { DischargeFacts } from './discharge-facts.ts';
import { dischargeMedications, medication, status } from './discharge-medications.ts';
import { hasCode, type Fact } from './fact.ts';
import { placeName } from './places.ts';
import { concept, date, dosage, observed, period } from './wording.ts';

/** One section of a discharge summary: which facts belong there and how a person reads them. */
export interface DischargeSection {
  readonly title: string;
  /** LOINC. */
  readonly code: string;
  readonly display: string;
  readonly holds: (fact: Fact, stay: DischargeFacts) => boolean;
  readonly columns: readonly string[];
  /** Nothing for one that others in the section tell of already. */
  readonly row: (
    fact: Fact,
    named: (reference: unknown) => string | undefined,
    stay: DischargeFacts,
  ) => readonly (string | undefined)[] | undefined;
  /** What is said of the section as a whole. */
  readonly remark?: (stay: DischargeFacts) => string | undefined;
  /** What the section says when there is nothing: that nothing is recorded, not that there is nothing. */
  readonly absent: string;
  /** Why it is empty, in FHIR's words. Default: that nothing is known here. */
  readonly emptyReason?: { readonly coding: readonly object[] };
  /** Left out when there is nothing. */
  readonly isOptional?: boolean;
}

function category(fact: Fact, ...codes: readonly string[]): boolean {
  return hasCode(fact.fields['category'], ...codes);
}

function when(fact: Fact): string | undefined {
  const { effectiveDateTime, effectivePeriod, performedDateTime, performedPeriod, effectiveInstant } =
    fact.fields;
  return (
    date(effectiveDateTime ?? performedDateTime ?? effectiveInstant) ??
    period(effectivePeriod ?? performedPeriod)
  );
}

function note(fact: Fact): string | undefined {
  return words(
    all(fact.fields['note'])
      .map(({ text }) => text)
      .filter(Boolean)
      .join(' '),
  );
}

const diagnoses: DischargeSection = {
  title: 'Discharge diagnoses',
  code: '11535-2',
  display: 'Hospital discharge Dx Narrative',
  holds: (fact) => fact.type === 'Condition',
  columns: ['Diagnosis', 'Clinical status', 'Onset'],
  row: ({ fields: condition }) => [
    concept(condition['code']),
    concept(condition['clinicalStatus']),
    date(condition['onsetDateTime']) ?? period(condition['onsetPeriod']),
  ],
  absent: 'No diagnosis is recorded for this stay.',
};

const administered: DischargeSection = {
  title: 'Medications administered during the stay',
  code: '29549-3',
  display: 'Medication administered Narrative',
  holds: (fact) => fact.type === 'MedicationAdministration',
  columns: ['Medication', 'Given', 'Dose', 'Status'],
  row: (fact, named) => {
    const given = fields(fact.fields['dosage']);
    const dose = dosage([
      { text: given['text'], doseAndRate: [{ doseQuantity: given['dose'] }], route: given['route'] },
    ]);
    return [medication(fact, named), when(fact), dose, status(fact)];
  },
  absent: 'No administration of a medication is recorded for this stay.',
};

const allergies: DischargeSection = {
  title: 'Allergies and intolerances',
  code: '48765-2',
  display: 'Allergies and adverse reactions Document',
  holds: (fact) => fact.type === 'AllergyIntolerance',
  columns: ['Substance', 'Clinical status', 'Criticality', 'Reaction'],
  row: ({ fields: allergy }) => [
    concept(allergy['code']),
    concept(allergy['clinicalStatus']),
    words(allergy['criticality']),
    words(
      all(allergy['reaction'])
        .flatMap(({ manifestation }) => all(manifestation).map(concept))
        .join(', '),
    ),
  ],
  absent: 'No allergy is recorded. This does not mean that the patient has none.',
};

const procedures: DischargeSection = {
  title: 'Procedures',
  code: '47519-4',
  display: 'History of Procedures Document',
  holds: (fact) => fact.type === 'Procedure',
  columns: ['Procedure', 'Performed', 'Status', 'Outcome'],
  row: (fact) => [concept(fact.fields['code']), when(fact), status(fact), concept(fact.fields['outcome'])],
  absent: 'No procedure is recorded for this stay.',
};

const results: DischargeSection = {
  title: 'Results',
  code: '30954-2',
  display: 'Relevant diagnostic tests/laboratory data Narrative',
  holds: (fact, stay) =>
    fact.type === 'DiagnosticReport' ||
    (fact.type === 'Observation' && !vitalSigns.holds(fact, stay) && !functionalStatus.holds(fact, stay)),
  columns: ['Examination', 'When', 'Result', 'Interpretation'],
  row: (fact, _, stay) =>
    isToldByResults(fact, stay)
      ? undefined
      : [
          concept(fact.fields['code']),
          when(fact),
          fact.type === 'DiagnosticReport' ? words(fact.fields['conclusion']) : observed(fact.fields),
          words(all(fact.fields['interpretation']).map(concept).filter(Boolean).join(', ')),
        ],
  absent: 'No result is recorded for this stay.',
};

/** A report that concludes nothing says no more than the observations that stand beside it. */
function isToldByResults({ type, fields: report }: Fact, { others }: DischargeFacts): boolean {
  if (type !== 'DiagnosticReport' || words(report['conclusion']) !== undefined) return false;
  const results = all(report['result']).map(({ reference }) => reference);
  return others.some((other) => other.type === 'Observation' && results.includes(`Observation/${other.id}`));
}

const vitalSigns: DischargeSection = {
  title: 'Vital signs',
  code: '8716-3',
  display: 'Vital signs',
  holds: (fact) => fact.type === 'Observation' && category(fact, 'vital-signs'),
  columns: ['Measurement', 'When', 'Value'],
  row: (fact) => [concept(fact.fields['code']), when(fact), observed(fact.fields)],
  absent: 'No vital sign is recorded for this stay.',
};

const functionalStatus: DischargeSection = {
  title: 'Functional status',
  code: '47420-5',
  display: 'Functional status assessment note',
  holds: (fact) => fact.type === 'Observation' && category(fact, 'functional-status', 'survey', 'activity'),
  columns: ['Assessment', 'When', 'Finding'],
  row: (fact) => [concept(fact.fields['code']), when(fact), observed(fact.fields)],
  absent: 'No functional status is recorded for this stay.',
};

const planOfTreatment: DischargeSection = {
  title: 'Plan of treatment and follow-up',
  code: '18776-5',
  display: 'Plan of care note',
  holds: (fact, stay) =>
    ['CarePlan', 'ServiceRequest', 'Appointment'].includes(fact.type) &&
    !isClosed(fact) &&
    !isResulted(fact, stay),
  columns: ['Plan', 'When', 'Status', 'Note'],
  row: (fact) => [
    words(fact.fields['title']) ??
      requested(fact) ??
      words(fact.fields['description']) ??
      concept(all(fact.fields['category'])[0] ?? all(fact.fields['serviceType'])[0]),
    date(fact.fields['start'] ?? fact.fields['occurrenceDateTime']) ?? period(fact.fields['period']),
    status(fact) === 'unknown' ? undefined : status(fact),
    note(fact),
  ],
  absent: 'No plan of treatment or follow-up is recorded.',
};

/** Of a request that forbids, the name says so. */
function requested(fact: Fact): string | undefined {
  const name = concept(fact.fields['code']);
  return fact.fields['doNotPerform'] === true ? `DO NOT DO: ${name ?? 'what the request says'}` : name;
}

function isClosed(fact: Fact): boolean {
  return ['completed', 'revoked', 'cancelled', 'noshow', 'fulfilled'].includes(status(fact) ?? '');
}

/** What was ordered is done when its result is there; one that is still to be completed is not. */
function isResulted({ type, id }: Fact, { others }: DischargeFacts): boolean {
  if (type !== 'ServiceRequest') return false;
  return others.some(
    (other) =>
      ['DiagnosticReport', 'Observation'].includes(other.type) &&
      !['registered', 'partial', 'preliminary'].includes(status(other) ?? '') &&
      all(other.fields['basedOn']).some(({ reference }) => reference === `ServiceRequest/${id}`),
  );
}

const dischargeInstructions: DischargeSection = {
  title: 'Discharge instructions',
  code: '8653-8',
  display: 'Hospital Discharge instructions',
  holds: (fact, stay) => instructions(fact, stay) !== undefined,
  columns: ['Concerning', 'Instruction to the patient'],
  row: (fact, named, stay) => [
    fact.type === 'ServiceRequest' ? requested(fact) : medication(fact, named),
    instructions(fact, stay),
  ],
  absent: 'No instruction to the patient is recorded.',
};

function instructions(fact: Fact, stay: DischargeFacts): string | undefined {
  if (fact.type === 'ServiceRequest' && !isClosed(fact)) return words(fact.fields['patientInstruction']);
  if (!dischargeMedications.holds(fact, stay)) return undefined;
  const told = all(fact.fields['dosageInstruction']).map(({ patientInstruction }) => patientInstruction);
  return words(told.filter(Boolean).join(' '));
}

const hospitalCourse: DischargeSection = {
  title: 'Hospital course',
  code: '8648-8',
  display: 'Hospital course Narrative',
  holds: (fact, { encounter }) => fact === encounter,
  columns: ['Stay', 'Reason', 'Locations', 'Outcome and disposition'],
  row: ({ fields: stay }, named, facts) => [
    period(stay['period']),
    words(
      [...all(stay['reasonCode']).map(concept), ...all(stay['reasonReference']).map(named)]
        .filter(Boolean)
        .join(', '),
    ),
    words(
      all(stay['location'])
        .map(({ location }) => placeName(location, facts))
        .filter(Boolean)
        .join('; then '),
    ),
    concept(fields(stay['hospitalization'])['dischargeDisposition']) ?? 'Disposition not recorded',
  ],
  absent: 'The course of the stay is not recorded.',
};

/** The sections of a discharge summary, in the order in which they are read. https://loinc.org/18842-5/ */
export const dischargeSections: readonly DischargeSection[] = [
  hospitalCourse,
  diagnoses,
  dischargeMedications,
  administered,
  allergies,
  procedures,
  results,
  vitalSigns,
  functionalStatus,
  planOfTreatment,
  dischargeInstructions,
];
