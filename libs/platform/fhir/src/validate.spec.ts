import { describe, expect, it } from '@jest/globals';
import { validate } from './validate.ts';
import type { ParsedResource } from './resource-text.ts';

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  meta: { versionId: '1', lastUpdated: '2024-01-01T00:00:00Z', profile: ['http://example.org/p'] },
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  contained: [{ resourceType: 'Organization', id: 'o', name: 'Ward' }],
  extension: [{ url: 'http://example.org/e', valueString: 'x' }],
  identifier: [{ system: 'http://example.org/mrn', value: '1' }],
  active: true,
  name: [{ use: 'official', family: 'Doe', given: ['Jo', 'Ann'], _given: [null, { id: 'g' }] }],
  telecom: [{ system: 'phone', value: '1', rank: 1 }],
  gender: 'female',
  birthDate: '1980-02-29',
  _birthDate: { extension: [{ url: 'http://example.org/t', valueDateTime: '1980-02-29T01:02:03Z' }] },
  deceasedBoolean: false,
  maritalStatus: { coding: [{ system: 'http://x', code: 'M' }] },
  contact: [{ name: { family: 'Roe' }, gender: 'male' }],
  communication: [{ language: { text: 'English' } }],
  generalPractitioner: [{ reference: 'Practitioner/1', type: 'Practitioner' }],
  managingOrganization: { reference: '#o' },
  link: [{ other: { reference: 'Patient/2' }, type: 'seealso' }],
};

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '1-8' }] },
  subject: { reference: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' },
  effectiveDateTime: '2024-05-06T07:08:09.123+02:00',
  valueQuantity: { value: 1.1, comparator: '<', unit: 'mg' },
  component: [{ code: { text: 'x' }, valueInteger: 3 }],
};

const allergy = {
  resourceType: 'AllergyIntolerance',
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
  patient: { reference: 'Patient/1' },
};

const attachment = {
  resourceType: 'DocumentReference',
  status: 'current',
  content: [{ attachment: { data: 'AAAA', size: 3, url: 'x' } }],
};
const sequence = {
  resourceType: 'ImagingStudy',
  status: 'available',
  subject: { reference: 'Patient/1' },
  numberOfSeries: 0,
};
const schedule = { resourceType: 'HealthcareService', availableTime: [{ availableStartTime: '08:00:00' }] };
const provenance = {
  resourceType: 'Provenance',
  target: [{ reference: 'Patient/1/_history/1' }],
  recorded: '2024-01-01T00:00:00Z',
  agent: [{ who: { reference: 'http://elsewhere.org/fhir/Practitioner/1' } }],
};
const set = {
  resourceType: 'ValueSet',
  status: 'draft',
  expansion: { timestamp: '2024', identifier: 'urn:uuid:x', total: 1 },
};

type Change = [place: string, value: unknown];
/** Sets, or with undefined removes, what stands at `a.b[0].c`. */
function changed(resource: object, [place, value]: Change): ParsedResource {
  const copy = structuredClone(resource) as Record<string, unknown>;
  const steps = place.replaceAll('[', '.').replaceAll(']', '').split('.');
  const last = steps.pop()!;
  let at = copy;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

/** What is broken, the expression that must name it, the issue code. */
const defects: [object, Change, string, string][] = [
  // Structure
  [patient, ['surname', 'x'], 'Patient.surname', 'structure'],
  [patient, ['name[0].firstName', 'x'], 'Patient.name[0].firstName', 'structure'],
  [patient, ['name', { family: 'x' }], 'Patient.name', 'structure'],
  [patient, ['name', []], 'Patient.name', 'structure'],
  [patient, ['name', ['Doe']], 'Patient.name[0]', 'structure'],
  [patient, ['name', [{}]], 'Patient.name[0]', 'structure'],
  [patient, ['name', [null]], 'Patient.name[0]', 'structure'],
  [patient, ['name', null], 'Patient.name', 'structure'],
  [patient, ['gender', ['male']], 'Patient.gender', 'structure'],
  [patient, ['managingOrganization', [{ display: 'x' }]], 'Patient.managingOrganization', 'structure'],
  [patient, ['managingOrganization', 'Organization/1'], 'Patient.managingOrganization', 'structure'],
  [patient, ['maritalStatus', {}], 'Patient.maritalStatus', 'structure'],
  [patient, ['contact[0].resourceType', 'Patient'], 'Patient.contact[0].resourceType', 'structure'],
  [patient, ['_name', [{ id: 'x' }]], 'Patient._name', 'structure'],
  [patient, ['_active', [{ id: 'x' }]], 'Patient.active', 'structure'],
  [patient, ['_active', {}], 'Patient.active', 'structure'],
  [patient, ['_active', { value: 1 }], 'Patient.active.value', 'structure'],
  [patient, ['name[0]._given', [null]], 'Patient.name[0].given', 'structure'],
  [patient, ['name[0]._given', { id: 'x' }], 'Patient.name[0].given', 'structure'],
  [patient, ['name[0].given', [null, 'Ann']], 'Patient.name[0].given[0]', 'value'],
  [patient, ['contained[0].resourceType', 'Ward'], 'Patient.contained[0]', 'structure'],
  [patient, ['contained[0].resourceType', undefined], 'Patient.contained[0]', 'structure'],
  [patient, ['contained[0].ward', 1], 'Patient.contained[0].ward', 'structure'],
  [patient, ['resourceType', 'Person'], 'Patient.resourceType', 'structure'],
  [patient, ['__proto', 1], 'Patient', 'structure'],
  // Choice types
  [patient, ['deceasedDateTime', '2024'], 'Patient.deceased', 'structure'],
  [patient, ['deceased', true], 'Patient.deceased', 'structure'],
  [patient, ['deceasedString', 'x'], 'Patient.deceasedString', 'structure'],
  [observation, ['valueString', 'x'], 'Observation.value', 'structure'],
  [observation, ['value', 1], 'Observation.value', 'structure'],
  [observation, ['component[0]._valueString', { id: 'x' }], 'Observation.component[0].value', 'structure'],
  [patient, ['extension[0].valueFoo', 1], 'Patient.extension[0].valueFoo', 'structure'],
  [patient, ['extension[0].extension', [{ url: 'x', valueCode: 'y' }]], 'Patient.extension[0]', 'invariant'],
  [patient, ['extension[0].valueString', undefined], 'Patient.extension[0]', 'invariant'],
  // Cardinality
  [observation, ['status', undefined], 'Observation.status', 'required'],
  [observation, ['code', undefined], 'Observation.code', 'required'],
  [observation, ['component[0].code', undefined], 'Observation.component[0].code', 'required'],
  [patient, ['extension[0].url', undefined], 'Patient.extension[0].url', 'required'],
  [patient, ['link[0].other', undefined], 'Patient.link[0].other', 'required'],
  [patient, ['text.div', undefined], 'Patient.text.div', 'required'],
  [provenance, ['agent', undefined], 'Provenance.agent', 'required'],
  [attachment, ['content', []], 'DocumentReference.content', 'structure'],
  // Primitives
  [patient, ['id', 'a b'], 'Patient.id', 'value'],
  [patient, ['id', 'x'.repeat(65)], 'Patient.id', 'value'],
  [patient, ['id', 7], 'Patient.id', 'value'],
  [patient, ['active', 'true'], 'Patient.active', 'value'],
  [patient, ['active', null], 'Patient.active', 'value'],
  [patient, ['birthDate', '1980-02-30'], 'Patient.birthDate', 'value'],
  [patient, ['birthDate', '1900-02-29'], 'Patient.birthDate', 'value'],
  [patient, ['birthDate', '1980-13'], 'Patient.birthDate', 'value'],
  [patient, ['birthDate', '80'], 'Patient.birthDate', 'value'],
  [patient, ['birthDate', '1980-02-29T01:02:03Z'], 'Patient.birthDate', 'value'],
  [patient, ['name[0].family', ''], 'Patient.name[0].family', 'value'],
  [patient, ['name[0].family', 7], 'Patient.name[0].family', 'value'],
  [patient, ['name[0].family', 'a\u0000b'], 'Patient.name[0].family', 'value'],
  [patient, ['name[0].given', ['Jo', 5]], 'Patient.name[0].given[1]', 'value'],
  [patient, ['identifier[0].system', 'not a uri'], 'Patient.identifier[0].system', 'value'],
  [patient, ['telecom[0].rank', 0], 'Patient.telecom[0].rank', 'value'],
  [patient, ['telecom[0].rank', 1.5], 'Patient.telecom[0].rank', 'value'],
  [patient, ['text.div', 'plain'], 'Patient.text.div', 'value'],
  [patient, ['meta.lastUpdated', '2024-01-01'], 'Patient.meta.lastUpdated', 'value'],
  [patient, ['meta.profile', 'http://example.org/p'], 'Patient.meta.profile', 'structure'],
  [observation, ['effectiveDateTime', '2024-05-06T07:08:09'], 'Observation.effectiveDateTime', 'value'],
  [observation, ['effectiveDateTime', '2024-05-06T25:08:09Z'], 'Observation.effectiveDateTime', 'value'],
  [observation, ['valueQuantity.value', '1.1'], 'Observation.valueQuantity.value', 'value'],
  [observation, ['component[0].valueInteger', 2147483648], 'Observation.component[0].valueInteger', 'value'],
  [
    attachment,
    ['content[0].attachment.data', '***'],
    'DocumentReference.content[0].attachment.data',
    'value',
  ],
  [
    attachment,
    ['content[0].attachment.data', 'AAA'],
    'DocumentReference.content[0].attachment.data',
    'value',
  ],
  [attachment, ['content[0].attachment.size', -1], 'DocumentReference.content[0].attachment.size', 'value'],
  [sequence, ['numberOfSeries', -1], 'ImagingStudy.numberOfSeries', 'value'],
  [
    schedule,
    ['availableTime[0].availableStartTime', '8:00'],
    'HealthcareService.availableTime[0].availableStartTime',
    'value',
  ],
  [set, ['expansion.identifier', 'a b'], 'ValueSet.expansion.identifier', 'value'],
  [patient, ['identifier[0].system', 'a\u0000b'], 'Patient.identifier[0].system', 'value'],
  [patient, ['language', 'a\u0000b'], 'Patient.language', 'value'],
  [patient, ['text.div', '<div>\u0000</div>'], 'Patient.text.div', 'value'],
  // Required bindings
  [patient, ['gender', 'F'], 'Patient.gender', 'code-invalid'],
  [patient, ['name[0].use', 'legal'], 'Patient.name[0].use', 'code-invalid'],
  [patient, ['contact[0].gender', 'm'], 'Patient.contact[0].gender', 'code-invalid'],
  [patient, ['link[0].type', 'same'], 'Patient.link[0].type', 'code-invalid'],
  [observation, ['status', 'done'], 'Observation.status', 'code-invalid'],
  [observation, ['status', ' final'], 'Observation.status', 'value'],
  [observation, ['valueQuantity.comparator', '!='], 'Observation.valueQuantity.comparator', 'code-invalid'],
  [allergy, ['clinicalStatus.coding[0].code', 'on'], 'AllergyIntolerance.clinicalStatus', 'code-invalid'],
  [
    allergy,
    ['clinicalStatus.coding[0].system', 'http://x'],
    'AllergyIntolerance.clinicalStatus',
    'code-invalid',
  ],
  [allergy, ['clinicalStatus', { text: 'active' }], 'AllergyIntolerance.clinicalStatus', 'code-invalid'],
  // What references lead to
  [
    patient,
    ['managingOrganization.reference', 'Patient/1'],
    'Patient.managingOrganization.reference',
    'value',
  ],
  [
    patient,
    ['generalPractitioner[0].reference', 'Location/1'],
    'Patient.generalPractitioner[0].reference',
    'value',
  ],
  [patient, ['generalPractitioner[0].type', 'Organization'], 'Patient.generalPractitioner[0].type', 'value'],
  [patient, ['managingOrganization', { type: 'Patient' }], 'Patient.managingOrganization.type', 'value'],
  [
    allergy,
    ['patient.reference', 'https://elsewhere.org/Group/1'],
    'AllergyIntolerance.patient.reference',
    'value',
  ],
];

describe('validate', () => {
  it.each([patient, observation, allergy, attachment, sequence, schedule, provenance, set])(
    'accepts what is right ($resourceType)',
    (resource) => {
      expect(validate(resource.resourceType, resource)).toEqual([]);
    },
  );

  it.each(defects)('%# rejects %j with %j at %s as %s', (resource, change, expression, code) => {
    const type = (resource as { resourceType: string }).resourceType;
    const issues = validate(type, changed(resource, change));
    expect(issues).toContainEqual(expect.objectContaining({ severity: 'error', expression, code }));
  });

  it('has at least sixty defects to find', () => {
    expect(defects.length).toBeGreaterThanOrEqual(60);
  });

  it('never repeats a value or a name that is none', () => {
    const secret = 'Wilhelmina 1944';
    const broken = {
      ...patient,
      gender: secret,
      birthDate: secret,
      active: secret,
      [secret]: secret,
      id: secret,
      link: secret,
    };
    const issues = validate('Patient', broken);
    expect(issues.length).toBeGreaterThan(5);
    expect(JSON.stringify(issues)).not.toContain('1944');
  });

  it('stops at a hundred issues', () => {
    const names = Array.from({ length: 5000 }, () => ({ family: 1 }));
    expect(validate('Patient', { resourceType: 'Patient', name: names })).toHaveLength(100);
  });

  it('needs no more than a moment for a hostile value', () => {
    const long = 4 * 1024 * 1024;
    const of = (fields: object) => validate('Patient', { resourceType: 'Patient', ...fields });
    const start = process.cpuUsage();
    expect(of({ language: 'a '.repeat(long) })).toHaveLength(1);
    expect(of({ implicitRules: `${'a'.repeat(long)} ` })).toHaveLength(1);
    expect(of({ birthDate: '2'.repeat(long) })).toHaveLength(1);
    expect(of({ name: [{ family: 'a '.repeat(long) }] })).toHaveLength(1);
    expect(of({ text: { status: 'empty', div: `<div>${'</'.repeat(long)}` } })).toHaveLength(1);
    expect(of({ photo: [{ data: `A${' '.repeat(long)}!` }] })).toHaveLength(1);
    expect(of({ identifier: [{ system: `urn:oid:1${'.1'.repeat(long)}!` }] })).toEqual([]);
    expect(of({ managingOrganization: { reference: 'Organization/'.repeat(40_000) } })).toEqual([]);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(20);
  });

  it('refuses a type that R4 does not have', () => {
    expect(validate('Ward', { resourceType: 'Ward' })).toHaveLength(1);
  });
});
