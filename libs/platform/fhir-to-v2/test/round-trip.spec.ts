import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeV2, type V2Event } from '#platform/fhir-to-v2';
import { parseMessage } from '#platform/hl7v2';
import { Mapper } from '#platform/v2-to-fhir';
import { bundleOf, stay, type Resource } from './stay.ts';

const mapper = new Mapper();

function textOf(resources: readonly Resource[], event: V2Event): string {
  const { text } = encodeV2({
    bundle: bundleOf(resources),
    event,
    sender: { application: 'SEPTUM', facility: 'GENERAL' },
    receiver: { application: 'EHR', facility: 'CLINIC' },
    controlId: '1',
    at: 0,
  });
  return text;
}

function thereAndBack(resources: readonly Resource[], event: V2Event): Record<string, unknown>[] {
  const { resources: found, issues } = mapper.map(parseMessage(textOf(resources, event)));
  expect(issues).toEqual([]);
  return found.map(({ content }) => ({ ...content }));
}

/** Everything of `expected` stands in one of the resources of its type. */
function expectOne(found: readonly Record<string, unknown>[], expected: Record<string, unknown>): void {
  const alike = found.filter(({ resourceType }) => resourceType === expected['resourceType']);
  expect(alike).toContainEqual(expect.objectContaining(expected));
}

const reference = (type: string): unknown => ({ reference: expect.stringMatching(`^${type}/`) as unknown });
const of = (type: string, id: string): Resource =>
  stay.find((resource) => resource.resourceType === type && resource['id'] === id)!;
const some = (source: Resource, ...names: string[]): Record<string, unknown> =>
  Object.fromEntries(['resourceType', ...names].map((name) => [name, source[name]]));

describe('a message that is read again', () => {
  const found = thereAndBack(stay, 'A01');

  it('says the same of the patient', () => {
    const patient = of('Patient', 'mercer');
    expectOne(found, some(patient, 'identifier', 'name', 'gender', 'birthDate', 'address', 'extension'));
    const [said] = found.filter(({ resourceType }) => resourceType === 'Patient');
    expect(said).toMatchObject({
      multipleBirthInteger: 2,
      communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] } }],
      deceasedBoolean: false,
      maritalStatus: patient['maritalStatus'],
      telecom: [
        { system: 'phone', value: '+1 555 0100', use: 'home' },
        { system: 'phone', value: '+1 555 0101', use: 'mobile' },
        { system: 'email', value: 'ada@mercer.example' },
        { system: 'phone', value: '+1 555 0102', use: 'work' },
      ],
      generalPractitioner: [reference('Organization'), reference('Practitioner')],
    });
    expect(said?.['contact']).toContainEqual(
      expect.objectContaining({ name: { family: 'Works', given: ['Sprocket'] } }),
    );
  });

  it('says the same of the visit', () => {
    const encounter = of('Encounter', 'stay');
    expectOne(found, some(encounter, 'status', 'type', 'period', 'reasonCode', 'hospitalization'));
    const [said] = found.filter(({ resourceType }) => resourceType === 'Encounter');
    expect(said).toMatchObject({
      class: { code: 'IMP' },
      identifier: [{ system: 'urn:oid:2.16.840.1.113883.19.6', value: 'V-77' }],
      participant: [{ type: [{ coding: [{ code: 'ATND' }] }] }, { type: [{ coding: [{ code: 'ADM' }] }] }],
      diagnosis: [{ condition: reference('Condition'), use: { coding: [{ code: 'AD' }] }, rank: 1 }],
      serviceProvider: reference('Organization'),
    });
  });

  it('names the systems that everybody knows by their short names', () => {
    const attending = { system: 'http://hl7.org/fhir/sid/us-npi', value: '9999999995' };
    expectOne(found, { resourceType: 'Practitioner', identifier: [expect.objectContaining(attending)] });
    expect(textOf(stay, 'A01')).toContain('|9999999995^Grey^Mer^^^Dr.^^^NPI^^^^NPI|');
    expect(textOf(stay, 'A01')).toContain('~999-12-3456^^^USSSA^SS|');
  });

  it('says the same of those around the patient', () => {
    const son = of('RelatedPerson', 'son');
    expectOne(found, some(son, 'name', 'relationship', 'telecom', 'gender'));
    expectOne(found, {
      resourceType: 'Practitioner',
      name: [{ family: 'Grey', given: ['Mer'], prefix: ['Dr.'] }],
    });
    expectOne(found, { resourceType: 'Organization', name: 'General Hospital' });
    expectOne(found, { resourceType: 'Organization', name: 'Springfield Practice' });
    expectOne(found, { resourceType: 'Location', identifier: [{ value: '2' }], description: 'ICU bed 2' });
  });

  it('says the same of allergies, diagnoses and coverages', () => {
    expectOne(
      found,
      some(
        of('AllergyIntolerance', 'penicillin'),
        'type',
        'category',
        'criticality',
        'code',
        'onsetDateTime',
        'reaction',
      ),
    );
    expectOne(found, some(of('Condition', 'appendicitis'), 'identifier', 'code', 'onsetDateTime'));
    const insurance = of('Coverage', 'insurance');
    expectOne(found, {
      ...some(insurance, 'status', 'subscriberId', 'period'),
      identifier: expect.arrayContaining(insurance['identifier'] as unknown[]) as unknown,
    });
    expect(found.filter(({ resourceType }) => resourceType === 'AllergyIntolerance')).toHaveLength(1);
  });

  it('joins the same patients, when it is a merge', () => {
    const merged = thereAndBack(stay, 'A40').filter(({ resourceType }) => resourceType === 'Patient');
    expect(merged).toHaveLength(2);
    expectOne(merged, {
      resourceType: 'Patient',
      active: false,
      identifier: of('Patient', 'old')['identifier'],
    });
  });

  it('has no visit, when it is about a person alone', () => {
    const types = thereAndBack([of('Patient', 'mercer')], 'A28').map(({ resourceType }) => resourceType);
    expect(types).not.toContain('Encounter');
  });
});

/** What is hard on a message, between what is hard on its reader. Texts of FHIR have no white space around them. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '|',
        '^',
        '~',
        '\\',
        '&',
        '#',
        '\r',
        '\n',
        '\r\n',
        '\\F\\',
        '\\X0D\\',
        '\\.br\\',
        '""',
        '\\Z1\\',
        '<',
        '\u{1f600}',
        'ü',
        '中',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => `a${parts.join('')}z`);

describe('any text', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (family, street, display) => {
        const patient = {
          resourceType: 'Patient',
          id: 'p',
          identifier: [{ system: 'urn:oid:1.2', value: display }],
          name: [{ family, given: [display] }],
          address: [{ line: [street], city: family }],
        };
        const allergy = {
          resourceType: 'AllergyIntolerance',
          id: 'a',
          patient: { reference: 'Patient/p' },
          code: { text: street, coding: [{ system: 'http://loinc.org', code: 'x', display }] },
        };
        const found = thereAndBack([patient, allergy], 'A31');
        expectOne(found, some(patient, 'identifier', 'name', 'address'));
        expectOne(found, some(allergy, 'code'));
      }),
      { numRuns: 300 },
    );
  });

  it('of 64 kB too', () => {
    const family = 'a|b^c~d\\e&f\r'.repeat(5_500).trim();
    const patient = { resourceType: 'Patient', id: 'p', name: [{ family }] };
    expectOne(thereAndBack([patient], 'A31'), some(patient, 'name'));
  });
});
