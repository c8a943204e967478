import {
  concept,
  hl7Concept,
  loinc,
  moment,
  quantity,
  reference,
  type DemoResource,
} from './building-blocks.ts';
import type { Panel, Test } from './knowledge.ts';
import { ageAt, type Person } from './person.ts';
import type { Random } from './random.ts';

/** What is measured at a visit or during a stay: the visit's encounter, and when. */
export interface Occasion {
  readonly person: Person;
  readonly encounter: DemoResource;
  readonly time: number;
}

function observation(
  random: Random,
  { person, encounter, time }: Occasion,
  category: string,
  rest: object,
): DemoResource {
  return {
    resourceType: 'Observation',
    id: random.uuid(),
    status: 'final',
    category: [hl7Concept('observation-category', category)],
    subject: reference(person.patient),
    encounter: reference(encounter),
    effectiveDateTime: moment(time),
    issued: moment(time),
    ...rest,
  };
}

/** Blood pressure, pulse, temperature, oxygen saturation, and for visits height, weight and body mass index. */
export function vitalSigns(
  random: Random,
  occasion: Occasion,
  feverish: boolean,
  full: boolean,
): DemoResource[] {
  const vital = (code: string, text: string, value: number, unit: string) =>
    observation(random, occasion, 'vital-signs', {
      code: concept(loinc, code, text),
      valueQuantity: quantity(value, unit),
    });
  const signs = [
    bloodPressure(random, occasion),
    vital('8867-4', 'Heart rate', random.between(58, feverish ? 115 : 92), '/min'),
    vital('8310-5', 'Body temperature', random.around(feverish ? 38.2 : 36.8, 0.5, 1), 'Cel'),
    vital('2708-6', 'Oxygen saturation in Arterial blood', random.between(feverish ? 89 : 95, 100), '%'),
  ];
  if (!full) return signs;
  const age = ageAt(occasion.person, occasion.time);
  const height = age >= 18 ? random.around(168, 15, 1) : random.around(55 + age * 6.2, 4, 1);
  const bodyMassIndex = age >= 18 ? random.around(26, 5, 1) : random.around(17, 2, 1);
  const weight = Number(((bodyMassIndex * height * height) / 10_000).toFixed(1));
  return [
    ...signs,
    vital('8302-2', 'Body height', height, 'cm'),
    vital('29463-7', 'Body weight', weight, 'kg'),
    vital('39156-5', 'Body mass index (BMI) [Ratio]', bodyMassIndex, 'kg/m2'),
  ];
}

function bloodPressure(random: Random, occasion: Occasion): DemoResource {
  const systolic = random.between(104, 152);
  const diastolic = systolic - random.between(35, 58);
  const part = (code: string, text: string, value: number) => ({
    code: concept(loinc, code, text),
    valueQuantity: quantity(value, 'mm[Hg]'),
  });
  return observation(random, occasion, 'vital-signs', {
    code: concept(loinc, '85354-9', 'Blood pressure panel with all children optional'),
    component: [
      part('8480-6', 'Systolic blood pressure', systolic),
      part('8462-4', 'Diastolic blood pressure', diastolic),
    ],
  });
}

/** The results of a panel and the report that holds them. */
export function laboratory(random: Random, occasion: Occasion, panel: Panel): DemoResource[] {
  const results = panel.tests.map((test) => labResult(random, occasion, test));
  const { person, encounter, time } = occasion;
  const report = {
    resourceType: 'DiagnosticReport',
    id: random.uuid(),
    status: 'final',
    category: [hl7Concept('v2-0074', 'LAB', 'Laboratory')],
    code: concept(loinc, panel.code, panel.text),
    subject: reference(person.patient),
    encounter: reference(encounter),
    effectiveDateTime: moment(time),
    issued: moment(time),
    result: results.map((result) => reference(result)),
  };
  return [...results, report];
}

function labResult(random: Random, occasion: Occasion, test: Test): DemoResource {
  const value = Math.max(random.around(test.mean, test.spread, test.digits), 10 ** -test.digits);
  const [low, high] = test.normal;
  const code = value < low ? 'L' : value > high ? 'H' : 'N';
  return observation(random, occasion, 'laboratory', {
    code: concept(loinc, test.code, test.text),
    valueQuantity: quantity(value, test.unit),
    interpretation: [hl7Concept('v3-ObservationInterpretation', code)],
    referenceRange: [{ low: quantity(low, test.unit), high: quantity(high, test.unit) }],
  });
}
