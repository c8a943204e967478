import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { validate } from '#platform/fhir';
import { Mapper, type SitePack } from './mapper.ts';
import type { Mapped, MappedResource } from './mapped.ts';

const usual = new Mapper();

function map(mapper: Mapper, ...segments: string[]): Mapped {
  const mapped = mapper.map(parseMessage(segments.join('\r')));
  for (const { type, content } of mapped.resources) expect(validate(type, content)).toEqual([]);
  return mapped;
}

function all(mapped: Mapped, type: string): MappedResource[] {
  return mapped.resources.filter((resource) => resource.type === type);
}

function one(mapped: Mapped, type: string): MappedResource {
  const [found, ...others] = all(mapped, type);
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} of ${type}`);
  return found;
}

const header = (type: string): string => `MSH|^~\\&|EHR|GH|||20260301080000-0500||${type}|M1|P|2.5.1`;
const pid = 'PID|1||77^^^GH^MR||Doe^Jane||19800102|F';
const pv1 = 'PV1|1|I|W1^1^A^GH||||1^Smith^Ann^^^^^^NPI&2.16.840.1.113883.4.6&ISO||||||||||||V1^^^GH';
const visit =
  'PV1|1|I|W1^1^A^GH||||9^Smith^Ann||||||||||||V1^^^GH|||||||||||||||||01||||||||20260301|20260305';

describe('visits', () => {
  it('become a patient, an encounter, and those around it, referring to one another', () => {
    const mapped = map(
      usual,
      header('ADT^A01'),
      pid,
      pv1,
      'AL1|1|DA|70618^Penicillin^RXNORM|SV|Hives',
      'DG1|1||I21^Infarct^I10',
    );
    const patient = one(mapped, 'Patient');
    expect(patient.identity).toEqual({ system: 'urn:septum:authority:GH', value: '77' });
    expect(one(mapped, 'Encounter').content).toMatchObject({
      status: 'in-progress',
      class: { code: 'IMP' },
      subject: { reference: `Patient/${patient.id}` },
      diagnosis: [{ condition: { reference: `Condition/${one(mapped, 'Condition').id}` } }],
    });
    expect(one(mapped, 'AllergyIntolerance').content).toMatchObject({
      category: ['medication'],
      code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '70618' }] },
      patient: { reference: `Patient/${patient.id}` },
    });
  });

  it.each([
    ['A01', 'in-progress', 'upsert'],
    ['A05', 'planned', 'upsert'],
    ['A11', 'cancelled', 'cancel'],
    ['A13', 'in-progress', 'upsert'],
  ])('are by %s %s', (event, status, mode) => {
    const encounter = one(map(usual, header(`ADT^${event}`), pid, pv1), 'Encounter');
    expect(encounter.content['status']).toBe(status);
    expect(encounter.mode).toBe(mode);
    expect(encounter.id).toBe(one(map(usual, header('ADT^A01'), pid, pv1), 'Encounter').id);
  });

  it('end by A03 with where the patient went', () => {
    const mapped = map(usual, header('ADT^A03'), pid, visit);
    expect(one(mapped, 'Encounter').content).toMatchObject({
      status: 'finished',
      period: { start: '2026-03-01', end: '2026-03-05' },
      hospitalization: { dischargeDisposition: { coding: [{ code: '01' }] } },
    });
  });

  it('are taken back by A13, end and disposition included', () => {
    const encounter = one(map(usual, header('ADT^A13'), pid, visit), 'Encounter');
    expect(encounter.content).toMatchObject({ status: 'in-progress', period: { start: '2026-03-01' } });
    expect(encounter.removed).toContainEqual({ path: 'period.end' });
  });

  it('tell who answers for the account, the patient or another', () => {
    const account = (relation: string): unknown =>
      one(
        map(usual, header('ADT^A01'), `${pid}||||||||||A1^^^GH`, pv1, `GT1|1|G1|Doe^John|||||||${relation}`),
        'Account',
      ).content['guarantor'];
    expect(account('|SEL')).toMatchObject([{ party: { reference: expect.stringMatching(/^Patient/) } }]);
    expect(account('|SPO')).toMatchObject([
      { party: { reference: expect.stringMatching(/^RelatedPerson/) } },
    ]);
  });

  it('refuse to merge a patient into the same patient', () => {
    const { issues } = usual.map(parseMessage([header('ADT^A40'), pid, 'MRG|77^^^GH^MR'].join('\r')));
    expect(issues).toContainEqual(expect.objectContaining({ severity: 'error', location: 'MRG[1]-1' }));
  });

  it('give two patients one record by A40, and the other stays to be found', () => {
    const mapped = map(usual, header('ADT^A40'), pid, 'MRG|66^^^GH^MR||||||Roe^Jane');
    const [gone, survivor] = all(mapped, 'Patient');
    expect(survivor?.content).toMatchObject({
      identifier: [{ value: '77' }, { value: '66', use: 'old' }],
      link: [{ type: 'replaces', other: { reference: `Patient/${gone?.id}` } }],
    });
    expect(gone?.content).toMatchObject({
      active: false,
      identifier: [{ value: '66' }],
      link: [{ type: 'replaced-by', other: { reference: `Patient/${survivor?.id}` } }],
    });
  });
});

describe('results', () => {
  const obr = (id: string, code: string): string =>
    `OBR|1|P1^LAB|${id}^LAB|${code}^Panel^LN|||20260301|||||||||||||||20260301080000||LAB|F`;

  it('belong to the report of their own group', () => {
    const mapped = map(
      usual,
      header('ORU^R01'),
      pid,
      obr('F1', '24323-8'),
      'OBX|1|NM|2345-7^Glucose^LN||98|mg/dL^^UCUM|70-99|N|||F',
      'NTE|1||fasting',
      'OBX|2|ST|2823-3^Potassium^LN||4.1||||||F',
      obr('F2', '57021-8'),
      'OBX|1|NM|718-7^Hemoglobin^LN||13.5|g/dL|||||P',
    );
    const [first, second] = all(mapped, 'DiagnosticReport');
    expect([first?.content['result'], second?.content['result']]).toEqual([
      [expect.anything(), expect.anything()],
      [expect.anything()],
    ]);
    const [glucose, potassium, hemoglobin] = all(mapped, 'Observation');
    expect(glucose?.content).toMatchObject({
      status: 'final',
      valueQuantity: { value: 98, unit: 'mg/dL' },
      note: [{ text: 'fasting' }],
      referenceRange: [{ text: '70-99' }],
    });
    expect(potassium?.content).toMatchObject({ valueString: '4.1' });
    expect(hemoglobin?.content).toMatchObject({ status: 'preliminary' });
    expect(second?.content['result']).toEqual([{ reference: `Observation/${hemoglobin?.id}` }]);
  });

  it.each([
    ['C', 'corrected'],
    ['D', 'entered-in-error'],
    ['W', 'entered-in-error'],
    ['X', 'cancelled'],
  ])('corrected by OBX-11 %s are the same, %s', (code, status) => {
    const result = (state: string): MappedResource =>
      one(
        map(usual, header('ORU^R01'), pid, obr('F1', '1'), `OBX|1|NM|2345-7^G^LN||98||||||${state}`),
        'Observation',
      );
    expect(result(code).id).toBe(result('F').id);
    expect(result(code).content['status']).toBe(status);
  });

  it('of several values are components of one', () => {
    const mapped = map(
      usual,
      header('ORU^R01'),
      pid,
      obr('F1', '1'),
      'OBX|1|NM|85354-9^BP^LN||120~80|mm[Hg]^^UCUM|||||F',
    );
    expect(one(mapped, 'Observation').content).toMatchObject({
      component: [
        { valueQuantity: { value: 120, unit: 'mm[Hg]' } },
        { valueQuantity: { value: 80, unit: 'mm[Hg]' } },
      ],
    });
    const { lineage } = one(mapped, 'Observation');
    expect(lineage).toContainEqual([
      'component[1].valueQuantity.value',
      'OBX[1]-5[2]',
      'OBX[Observation-Component]:9',
    ]);
    expect(lineage).toContainEqual(['component[1].valueQuantity.unit', 'OBX[1]-6.1', 'CWE[Quantity]:5']);
  });

  it.each([
    ['NM', '7.5', { valueQuantity: { value: 7.5 } }],
    ['SN', '>^100', { valueQuantity: { comparator: '>', value: 100 } }],
    ['SN', '^1^:^128', { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }],
    ['SN', '^2^-^4', { valueRange: { low: { value: 2 }, high: { value: 4 } } }],
    ['CE', '260373001^Detected^SCT', { valueCodeableConcept: { coding: [{ code: '260373001' }] } }],
    ['CWE', '^^^^^^^^seen', { valueCodeableConcept: { text: 'seen' } }],
    ['TX', 'a^b', { valueString: 'a^b' }],
    ['FT', 'line', { valueString: 'line' }],
    ['DT', '20260301', { valueDateTime: '2026-03-01' }],
    ['TM', '0830', { valueTime: '08:30:00' }],
    ['TS', '202603010830-0500', { valueDateTime: '2026-03-01T08:30:00-05:00' }],
    ['ED', '^application^pdf^Base64^QUJD', { extension: [{ valueAttachment: { data: 'QUJD' } }] }],
    ['RP', 'http://x/1^^text^html', { extension: [{ valueAttachment: { url: 'http://x/1' } }] }],
  ])('have a value of type %s: %s', (type, text, expected) => {
    const mapped = map(usual, header('ORU^R01'), pid, obr('F1', '1'), `OBX|1|${type}|1^x^LN||${text}||||||F`);
    expect(one(mapped, 'Observation').content).toMatchObject(expected);
  });
});

describe('orders', () => {
  it.each([
    ['NW', 'active'],
    ['CA', 'revoked'],
    ['DC', 'revoked'],
    ['HD', 'on-hold'],
    ['XO', 'active'],
    ['RP', 'active'],
    ['SC', 'active'],
  ])('are by control code %s %s', (control, status) => {
    const mapped = map(
      usual,
      header('ORM^O01'),
      pid,
      `ORC|${control}|P1^EHR|F1^LAB`,
      'OBR|1|P1^EHR|F1^LAB|24323-8^Panel^LN',
    );
    expect(one(mapped, 'ServiceRequest').content).toMatchObject({
      status,
      intent: 'order',
      code: { coding: [{ code: '24323-8' }] },
    });
  });
});

describe('medications', () => {
  const order = [
    'ORC|NW|RX1^EHR',
    'RXE||1049502^Oxycodone^RXNORM|5|10|mg^^UCUM|||||30|{tbl}|2|||PN1',
    'TQ1|1||BID|||||||R',
    'RXR|PO^Oral^HL70162',
  ];

  it('are ordered by ORM too, where it has an RXO, and nothing else is', () => {
    const mapped = map(
      usual,
      header('ORM^O01'),
      pid,
      'ORC|NW|RX1^EHR',
      'RXO|1049502^Oxycodone^RXNORM|5||mg^^UCUM',
    );
    expect(one(mapped, 'MedicationRequest').content).toMatchObject({
      status: 'active',
      dosageInstruction: [{ doseAndRate: [{ doseQuantity: { value: 5, unit: 'mg' } }] }],
    });
    expect(all(mapped, 'ServiceRequest')).toEqual([]);
  });

  it('are ordered by RDE', () => {
    expect(one(map(usual, header('RDE^O11'), pid, ...order), 'MedicationRequest').content).toMatchObject({
      status: 'active',
      intent: 'filler-order',
      medicationCodeableConcept: { coding: [{ code: '1049502' }] },
      dispenseRequest: { quantity: { value: 30 }, numberOfRepeatsAllowed: 2 },
      dosageInstruction: [
        {
          route: { coding: [{ code: 'PO' }] },
          timing: { code: { coding: [{ code: 'BID' }] } },
          doseAndRate: [{ doseRange: { low: { value: 5 }, high: { value: 10, unit: 'mg' } } }],
        },
      ],
    });
  });

  it('are handed out by RDS and given by RAS, for the order they name', () => {
    const handed = map(
      usual,
      header('RDS^O13'),
      pid,
      ...order,
      'RXD|1|1049502^Oxycodone^RXNORM|20260301|30|{tbl}||PN1',
    );
    const request = one(handed, 'MedicationRequest');
    expect(one(handed, 'MedicationDispense').content).toMatchObject({
      status: 'completed',
      quantity: { value: 30 },
      authorizingPrescription: [{ reference: `MedicationRequest/${request.id}` }],
    });
    const given = map(
      usual,
      header('RAS^O17'),
      pid,
      ...order,
      'RXA|0|1|202603010800-0500||1049502^Oxycodone^RXNORM|5|mg^^UCUM',
      'RXR|PO',
    );
    expect(one(given, 'MedicationAdministration').content).toMatchObject({
      status: 'completed',
      effectiveDateTime: '2026-03-01T08:00:00-05:00',
      dosage: { dose: { value: 5, unit: 'mg' }, route: { coding: [{ code: 'PO' }] } },
      request: { reference: `MedicationRequest/${request.id}` },
    });
  });
});

describe('a site pack', () => {
  const pack: SitePack = {
    zone: '+01:00',
    installation: 'urn:example',
    tables: {
      authorities: { GH: 'https://gh.example/mrn' },
      codeSystems: { L: 'https://gh.example/codes' },
      codeMaps: { AdministrativeSex: { codes: { X: ['other'] } } },
      segments: {
        'PID[Patient]': [[7], [14, 'PID-8', 'gender', { map: 'CWE[code]', codes: 'AdministrativeSex' }]],
        'ZPI[Patient]': [[1, 'ZPI-2', 'maritalStatus.text']],
      },
      messages: { ADT_A01: [[900, 'ZPI', 'Patient[1]', 'ZPI[Patient]']] },
    },
  };
  const mapper = new Mapper(JSON.parse(JSON.stringify(pack)) as SitePack);

  it('replaces rows, adds some for Z segments, and knows the site’s names', () => {
    const mapped = map(
      mapper,
      header('ADT^A01'),
      'PID|1||77^^^GH^MR|66^^^GH||||X',
      'ZPI||by custom',
      'ZZZ|unknown',
    );
    expect(one(mapped, 'Patient').content).toMatchObject({
      identifier: [{ system: 'https://gh.example/mrn', value: '77' }],
      gender: 'other',
      maritalStatus: { text: 'by custom' },
    });
  });

  it('says where the sender’s clock stands', () => {
    const unplaced = header('ADT^A01').replace('-0500', '');
    const mapped = map(mapper, unplaced, pid, `${pv1}${'|'.repeat(25)}202603010800`);
    expect(one(mapped, 'Encounter').content).toMatchObject({
      period: { start: '2026-03-01T08:00:00+01:00' },
    });
  });

  it('is refused when a row of it leads nowhere', () => {
    const astray: SitePack = { tables: { segments: { 'PID[Patient]': [[14, 'PID-8', 'sex']] } } };
    expect(() => new Mapper(astray)).toThrow('R4 has no Patient.sex');
    const nameless: SitePack = {
      tables: { messages: { ADT_A01: [[900, 'ZPI', 'Patient[1]', 'ZPI[Patient]']] } },
    };
    expect(() => new Mapper(nameless)).toThrow('There is no table ZPI[Patient]');
  });

  it('leaves others alone', () => {
    expect(one(map(usual, header('ADT^A01'), pid), 'Patient').identity?.system).toBe(
      'urn:septum:authority:GH',
    );
  });
});

describe('a mapping', () => {
  const message = [header('ADT^A01'), pid, pv1];

  it('is the same for the same message', () => {
    expect(map(usual, ...message)).toEqual(map(new Mapper(), ...message));
  });

  it('tells for each element the field it is from and the row that wrote it', () => {
    const { lineage } = one(map(usual, ...message), 'Patient');
    expect(lineage).toContainEqual(['gender', 'PID[1]-8', 'PID[Patient]:14']);
    expect(lineage).toContainEqual(['identifier[0].value', 'PID[1]-3.1', 'CX[Identifier]:4']);
  });

  it('makes only what a field of the message is behind', () => {
    const { resources } = map(usual, header('ADT^A01'), pid);
    expect(resources.map(({ type }) => type)).toEqual(['Patient']);
  });

  it('makes nothing of an order that is nobody’s', () => {
    const mapped = map(usual, header('ORM^O01'), 'ORC|NW|P1^EHR', 'OBR|1|P1^EHR||1^x^LN');
    expect(all(mapped, 'ServiceRequest')).toEqual([]);
    expect(mapped.issues).toContainEqual(
      expect.objectContaining({ severity: 'error', location: 'PID[1]-3' }),
    );
  });
});
