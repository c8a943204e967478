import { describe, expect, it } from '@jest/globals';
import { localReference } from '#platform/fhir';
import { meets, patientsOf, readFilter } from './subscription-filter.ts';
import { encounterEnd, medicationChange, type SubscriptionTopic } from './subscription-topic.ts';

const local = (reference: unknown) => localReference(reference, 'https://own.example/fhir/R4');
const encounter = {
  resourceType: 'Encounter',
  class: { system: 'urn:classes', code: 'IMP' },
  type: [{ coding: [{ system: 'urn:types', code: 'a' }] }, { coding: [{ code: 'b' }] }],
  subject: { reference: 'https://own.example/fhir/R4/Patient/ada' },
  serviceProvider: { reference: 'Organization/ward' },
};

function isMet(
  criteria: string,
  resource: object = encounter,
  topic: SubscriptionTopic = encounterEnd,
): boolean {
  const filters = readFilter(topic, criteria);
  if (typeof filters === 'string') throw new Error(filters);
  return meets(resource as never, topic, filters, local);
}

describe('a filter', () => {
  it.each([
    ['patient=Patient/ada', true],
    ['patient=ada', true],
    ['patient=https://own.example/fhir/R4/Patient/ada', true],
    ['patient=https://other.example/Patient/ada', false],
    ['patient=Patient/bob', false],
    ['patient=bob,ada', true],
    ['Encounter?patient=ada&class=IMP', true],
    ['patient=ada&class=EMER', false],
    ['class=urn:classes|IMP', true],
    ['class=urn:others|IMP', false],
    ['class=|IMP', false],
    ['type=|b', true],
    ['type=urn:types|', true],
    ['type=c,a', true],
    ['service-provider=ward', true],
    ['service-provider=Patient/ward', false],
  ])('%s: %s', (criteria, met) => {
    expect(isMet(criteria)).toBe(met);
  });

  it('for one of the topic’s types leaves out the others', () => {
    const statement = { resourceType: 'MedicationStatement', status: 'active' };
    expect(isMet('MedicationRequest?status=active', statement, medicationChange)).toBe(false);
    expect(isMet('status=active', statement, medicationChange)).toBe(true);
  });

  it('is not met by a resource that has nothing there', () => {
    expect(isMet('patient=ada', { resourceType: 'Encounter' })).toBe(false);
  });

  it.each([
    'length=3',
    'constructor=3',
    'patient:identifier=3',
    'patient=',
    '',
    'Encounter?',
    'Patient?patient=1',
  ])('that cannot be read says what to write: "%s"', (criteria) => {
    expect(readFilter(encounterEnd, criteria)).toMatch(/keys of this topic: patient, class|Types: Encounter/);
  });
});

describe('the patients of a resource', () => {
  it('are those of this installation', () => {
    expect(patientsOf(encounter, local)).toEqual(['ada']);
    expect(patientsOf({ subject: { reference: 'https://other.example/Patient/ada' } }, local)).toEqual([]);
    expect(patientsOf({ subject: { reference: 'Group/g' } }, local)).toEqual([]);
  });
});
