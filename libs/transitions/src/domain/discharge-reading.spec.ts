import { describe, expect, it } from '@jest/globals';
import { dischargeDocument } from './discharge-document.ts';
import { fact, type Fact } from './fact.ts';
import { builtInRules } from './transition-rules.ts';

/** A stay as HL7 v2 tells of it, and how a stranger reads its document. */
const boyd = { reference: 'Practitioner/boyd' };
const stay = {
  resourceType: 'Encounter',
  id: 'e1',
  status: 'finished',
  subject: { reference: 'Patient/p1' },
  period: { start: '2026-11-19T08:00:00Z', end: '2026-11-21T10:00:00Z' },
  participant: [
    { individual: boyd },
    { individual: boyd },
    { individual: { reference: 'PractitionerRole/r' } },
  ],
  location: [{ location: { reference: 'Location/bed1' } }, { location: { reference: 'Location/bed2' } }],
};
const patient = {
  resourceType: 'Patient',
  id: 'p1',
  name: [{ given: ['Ada'], family: 'Okafor' }],
  identifier: [
    { system: 'http://hl7.org/fhir/sid/us-ssn', value: '999-00-1111' },
    { type: { coding: [{ code: 'MR' }] }, system: 'urn:septum:authority:General%20Hospital', value: '4711' },
    { use: 'old', value: 'gone' },
  ],
};

function place(id: string, name: string, kind: string, partOf?: string): object {
  return {
    resourceType: 'Location',
    id,
    name,
    physicalType: { coding: [{ code: kind }] },
    managingOrganization: { reference: 'Organization/o1' },
    ...(partOf === undefined ? {} : { partOf: { reference: `Location/${partOf}` } }),
  };
}

const directory = [
  { resourceType: 'Practitioner', id: 'boyd', name: [{ prefix: ['Dr'], given: ['Simon'], family: 'Boyd' }] },
  { resourceType: 'PractitionerRole', id: 'r', practitioner: boyd },
  { resourceType: 'Organization', id: 'o1', name: 'General Hospital' },
  place('site', 'GH', 'si'),
  place('4w', '4W', 'wa', 'site'),
  place('401', '401', 'ro', '4w'),
  place('bed1', '1', 'bd', '401'),
  place('5s', '5S', 'wa', 'site'),
  place('512', 'Room 512', 'ro', '5s'),
  place('bed2', '2', 'bd', '512'),
];

interface Section {
  code: { coding: { code: string }[] };
  text: { div: string };
  entry?: { reference: string }[];
}

function parsed(resource: object): Fact {
  return fact(JSON.stringify(resource));
}

function read(others: readonly object[] = [], base?: string) {
  const ids = { bundle: 'b', composition: 'c', documentReference: 'd', document: 'u' };
  const { bundle } = dischargeDocument(
    { encounter: parsed(stay), patient: parsed(patient), others: [...directory, ...others].map(parsed) },
    {
      ids,
      time: '2026-11-23T04:57:00.000Z',
      rules: builtInRules,
      replaced: [],
      ...(base === undefined ? {} : { base }),
    },
  );
  const { entry } = JSON.parse(bundle.text) as {
    entry: { fullUrl: string; resource: { text: { div: string }; section: Section[]; custodian?: object } }[];
  };
  const composition = entry[0]!.resource;
  const section = (code: string) =>
    composition.section.find((candidate) => candidate.code.coding[0]!.code === code)!;
  return { entry, composition, head: composition.text.div, section };
}

const order = { resourceType: 'ServiceRequest', id: 'k', status: 'unknown', code: { text: 'Potassium' } };
const report = {
  resourceType: 'DiagnosticReport',
  id: 'k',
  status: 'final',
  code: { text: 'Potassium' },
  basedOn: [{ reference: 'ServiceRequest/k' }],
  result: [{ reference: 'Observation/k' }],
};
const potassium = {
  resourceType: 'Observation',
  id: 'k',
  status: 'final',
  code: { text: 'Potassium' },
  valueQuantity: { value: 4.1, unit: 'mmol/L' },
};

describe('the head of a discharge summary', () => {
  it('says which patient it is, by the numbers too, the medical record number first', () => {
    expect(read().head).toContain(
      '<th scope="row">Identifiers</th><td>MRN 4711 (General Hospital), 999-00-1111 (SSN)</td>',
    );
  });

  it('says when the stay began and ended, and that it was made later', () => {
    expect(read().head).toContain(
      '<th scope="row">Admitted</th><td>2026-11-19 08:00 UTC</td></tr>' +
        '<tr><th scope="row">Discharged</th><td>2026-11-21 10:00 UTC</td>',
    );
    expect(read().head).toContain('<th scope="row">Made on</th><td>2026-11-23 04:57 UTC</td>');
  });

  it('names who treated, once, and the institution, also where only the place tells of it', () => {
    expect(read().head).toContain('<th scope="row">Treated by</th><td>Dr Simon Boyd</td>');
    expect(read().head).toContain('<th scope="row">Institution</th><td>General Hospital</td>');
    expect(read().composition).toMatchObject({
      author: [boyd, { reference: 'PractitionerRole/r' }],
      custodian: { reference: 'Organization/o1' },
    });
  });
});

describe('the sections of a discharge summary', () => {
  it('name a bed with the room and the ward around it', () => {
    expect(read().section('8648-8').text.div).toContain(
      '<td>4W, room 401, bed 1; then 5S, Room 512, bed 2</td>',
    );
  });

  it('tell of a result once, though it came with a report, which stays an entry', () => {
    const { text, entry } = read([report, potassium]).section('30954-2');
    expect(text.div.match(/Potassium/g)).toHaveLength(1);
    expect(text.div).toContain('4.1 mmol/L');
    expect(entry).toHaveLength(2);
  });

  it('tell of a report that concludes something, or whose results are not there', () => {
    const concluded = { ...report, conclusion: 'Hypokalaemia' };
    expect(read([concluded, potassium]).section('30954-2').text.div).toContain('Hypokalaemia');
    expect(read([report]).section('30954-2').text.div).toContain('<td>Potassium</td>');
  });

  it('plan what was ordered until its result is there, without a status that says nothing', () => {
    expect(read([order]).section('18776-5').text.div).toContain('<td>Potassium</td><td></td><td></td>');
    expect(read([order, report]).section('18776-5').entry).toBeUndefined();
    const pending = { ...report, status: 'preliminary' };
    expect(read([order, pending]).section('18776-5').text.div).toContain('<td>Potassium</td>');
  });

  it('say a moment that is written as a period once', () => {
    const at = '2026-11-20T12:00:00Z';
    const dose = {
      resourceType: 'MedicationAdministration',
      id: 'm',
      status: 'completed',
      medicationCodeableConcept: { text: 'Heparin' },
      effectivePeriod: { start: at, end: at },
    };
    const told = builtInRules.document.sections.flatMap(({ code }) => read([dose]).section(code)?.text.div);
    expect(told.join()).toContain('<td>Heparin</td><td>2026-11-20 12:00 UTC</td>');
  });
});

describe('the full URLs of a discharge summary', () => {
  it.each([
    ['https://fhir.hospital.example/fhir/R4', 'https://fhir.hospital.example/fhir/R4'],
    [undefined, 'https://septum.invalid/fhir/R4'],
  ])('with the address %s begin with %s', (base, expected) => {
    expect(read([], base).entry.map(({ fullUrl }) => fullUrl)).toContain(`${expected}/Patient/p1`);
  });
});
