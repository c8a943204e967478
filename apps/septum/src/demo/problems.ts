import {
  concept,
  cvx,
  day,
  hl7Concept,
  moment,
  reference,
  snomed,
  type DemoResource,
} from './building-blocks.ts';
import { allergies, vaccines } from './knowledge.ts';
import type { Occasion } from './measurements.ts';
import type { Person } from './person.ts';
import type { Random } from './random.ts';

export interface Problem {
  readonly code: string;
  readonly text: string;
  readonly category: 'problem-list-item' | 'encounter-diagnosis';
  /** When it began, and unless it lasts, ended. */
  readonly onset: number;
  readonly abated?: number;
}

export function condition(
  random: Random,
  { person, encounter, time }: Occasion,
  problem: Problem,
): DemoResource {
  return {
    resourceType: 'Condition',
    id: random.uuid(),
    clinicalStatus: hl7Concept('condition-clinical', problem.abated === undefined ? 'active' : 'resolved'),
    verificationStatus: hl7Concept('condition-ver-status', 'confirmed'),
    category: [hl7Concept('condition-category', problem.category)],
    code: concept(snomed, problem.code, problem.text),
    subject: reference(person.patient),
    encounter: reference(encounter),
    onsetDateTime: day(problem.onset),
    ...(problem.abated === undefined ? {} : { abatementDateTime: day(problem.abated) }),
    recordedDate: moment(time),
  };
}

export function procedure(
  random: Random,
  { person, encounter, time }: Occasion,
  done: { readonly code: string; readonly text: string },
  reason: DemoResource,
): DemoResource {
  return {
    resourceType: 'Procedure',
    id: random.uuid(),
    status: 'completed',
    code: concept(snomed, done.code, done.text),
    subject: reference(person.patient),
    encounter: reference(encounter),
    performedDateTime: moment(time),
    reasonReference: [reference(reason)],
  };
}

export function allergy(random: Random, person: Person, recorded: number): DemoResource {
  const { code, text, category, reaction } = random.pick(allergies);
  return {
    resourceType: 'AllergyIntolerance',
    id: random.uuid(),
    clinicalStatus: hl7Concept('allergyintolerance-clinical', 'active'),
    verificationStatus: hl7Concept('allergyintolerance-verification', 'confirmed'),
    type: 'allergy',
    category: [category],
    criticality: random.pick(['low', 'high']),
    code: concept(snomed, code, text),
    patient: reference(person.patient),
    recordedDate: moment(recorded),
    reaction: [
      {
        manifestation: [concept(snomed, ...reaction)],
        severity: random.pick(['mild', 'moderate', 'severe']),
      },
    ],
  };
}

/** @param age The person's, in years, at the visit. */
export function immunizations(
  random: Random,
  { person, encounter, time }: Occasion,
  age: number,
): DemoResource[] {
  const due = vaccines.filter(
    ({ fromAge, everyYears }) => age >= fromAge && (age - fromAge) % everyYears === 0,
  );
  return due.map(({ code, text }) => ({
    resourceType: 'Immunization',
    id: random.uuid(),
    status: 'completed',
    vaccineCode: concept(cvx, code, text),
    patient: reference(person.patient),
    encounter: reference(encounter),
    occurrenceDateTime: moment(time),
    primarySource: true,
  }));
}

export function carePlan(
  random: Random,
  { person, encounter, time }: Occasion,
  problems: readonly DemoResource[],
): DemoResource {
  return {
    resourceType: 'CarePlan',
    id: random.uuid(),
    status: 'active',
    intent: 'plan',
    title: 'Care plan for chronic conditions',
    subject: reference(person.patient),
    encounter: reference(encounter),
    period: { start: day(time) },
    addresses: problems.map((problem) => reference(problem)),
    activity: [
      {
        detail: {
          status: 'in-progress',
          description: 'Review of medication and blood pressure every six months',
        },
      },
    ],
  };
}
