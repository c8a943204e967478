import { type Fields, all, words } from '#platform/fhir';
import type { DischargeSection } from './discharge-sections.ts';
import { concept, date, period } from './wording.ts';

/** Asked for only when a rule pack has a section of them; each is found by its patient. */
export const kindsOnDemand: readonly string[] = [
  'CareTeam',
  'DeviceUseStatement',
  'FamilyMemberHistory',
  'Goal',
  'Immunization',
  'NutritionOrder',
];

/** A section of whatever is of these kinds, said as well as one can who knows of them no more than that. */
export function sectionOfKinds(types: readonly string[]): Omit<DischargeSection, 'title' | 'code'> {
  return {
    display: '',
    holds: (fact) => types.includes(fact.type),
    columns: ['What', 'When', 'Status'],
    row: ({ fields }) => [
      what(fields),
      when(fields),
      words(fields['status']) ?? words(fields['lifecycleStatus']),
    ],
    absent: 'Nothing is recorded.',
  };
}

function what(fields: Fields): string | undefined {
  const named = ['code', 'vaccineCode', 'description', 'relationship'].map((name) => concept(fields[name]));
  return (
    words(named.find((each) => each !== undefined)) ??
    words(fields['title']) ??
    words(fields['name']) ??
    concept(all(fields['category'])[0])
  );
}

function when(fields: Fields): string | undefined {
  const moments = [
    'occurrenceDateTime',
    'effectiveDateTime',
    'performedDateTime',
    'dateTime',
    'startDate',
    'date',
  ];
  return (
    date(moments.map((name) => fields[name]).find((value) => words(value) !== undefined)) ??
    period(fields['period'] ?? fields['timingPeriod'])
  );
}
