import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { validate } from '#platform/fhir';
import { Mapper } from '../mapper.ts';
import type { MappedResource } from '../mapped.ts';

const mapper = new Mapper();

function map(...segments: string[]): readonly MappedResource[] {
  const { resources } = mapper.map(parseMessage(segments.join('\r')));
  for (const { type, content } of resources) expect(validate(type, content)).toEqual([]);
  return resources;
}

function one(resources: readonly MappedResource[], type: string): MappedResource {
  const [found, ...others] = resources.filter((resource) => resource.type === type);
  if (!found || others.length > 0) throw new Error(`${others.length + (found ? 1 : 0)} of ${type}`);
  return found;
}

const header = (type: string): string => `MSH|^~\\&|EHR|GH|||20260301080000-0500||${type}|M1|P|2.5.1`;
const pid = 'PID|1||77^^^GH^MR||Doe^Jane||19800102|F';
const pv1 = 'PV1|1|I|W1^1^A^GH|||||2^Roe^Ann|||||||||||V1^^^GH';

describe('insurance', () => {
  const in1 = (id: string): string[] => [
    header('ADT^A01'),
    `PID|1||${id}^^^GH^MR||Doe^Jane`,
    pv1,
    'IN1|1|HMO1^Basic|INS|Insurer||||G7|Group|||||||Doe^John|SPO^Spouse|19790101||||||||||||||||||P-1|||||||M||||||M-9^^^INS^MB',
    'IN2|E5^^^ACME^EI|123-45-6789||||MED1',
  ];

  it('has the plan, the group, and the person who is insured with what IN2 adds of them', () => {
    const mapped = map(...in1('77'));
    expect(one(mapped, 'Coverage').content).toMatchObject({
      subscriberId: 'M-9',
      class: [
        { value: 'HMO1', name: 'Basic' },
        { value: 'G7', name: 'Group' },
      ],
      subscriber: { reference: `RelatedPerson/${one(mapped, 'RelatedPerson').id}` },
    });
    expect(one(mapped, 'RelatedPerson').content).toMatchObject({
      name: [{ family: 'Doe', given: ['John'] }],
      gender: 'male',
      relationship: [{ coding: [{ code: 'SPS' }] }],
      identifier: [{ value: 'M-9' }, { value: 'E5' }, { value: '123-45-6789' }],
    });
  });

  it('of one plan is not one coverage for all who have it', () => {
    const [first, second] = ['77', '78'].map((id) => one(map(...in1(id)), 'Coverage').id);
    expect(first).not.toBe(second);
  });

  it('of the patient has the patient as its subscriber', () => {
    const [msh, person, visit, in1OfOther] = in1('77');
    const mapped = map(msh!, person!, visit!, in1OfOther!.replace('SPO^Spouse', 'SEL^Self'));
    expect(one(mapped, 'Coverage').content['subscriber']).toEqual({
      reference: `Patient/${one(mapped, 'Patient').id}`,
    });
  });
});

it('a patient is found by PID alone, whatever numbers insurers and guarantors have for them', () => {
  const person = 'PID|1||77^^^GH^PI||Doe^Jane';
  const plain = one(map(header('ADT^A01'), person, pv1), 'Patient');
  const mapped = map(
    header('ADT^A01'),
    person,
    pv1,
    'GT1|1|G5^^^BILL^MR|Doe^Jane||1 Main St^^Town|555^PRN^PH||||S|SEL',
    'IN1|1|HMO1|INS|Insurer',
    `IN2|${'|'.repeat(59)}|M8^^^INS^MR`,
  );
  expect(one(mapped, 'Patient')).toMatchObject({
    identity: plain.identity,
    id: plain.id,
    content: {
      identifier: [{ value: '77' }, { value: 'G5' }, { value: 'M8' }],
      name: [{ family: 'Doe' }],
      address: [{ line: ['1 Main St'] }],
      telecom: [{ value: '555' }],
    },
  });
});

it('a patient does not get the numbers of who insures them, nor twice what GT1 repeats', () => {
  const person = 'PID|1||77^^^GH^MR||Doe^Jane||||||1 Main St^^Town||555^PRN^PH';
  const rest = (relation: string): string[] => [
    pv1,
    'GT1|1||Doe^Jane||1 Main St^^Town|555^PRN^PH|||||SEL',
    `IN1|1|HMO1|INS|Insurer||||||||||||Doe^John|${relation}`,
    'IN2|1|||||||CASE1||MIL1',
  ];
  const patient = (relation: string): Readonly<Record<string, unknown>> =>
    one(map(header('ADT^A01'), person, ...rest(relation)), 'Patient').content;
  expect(patient('SPO')).toMatchObject({
    identifier: [{ value: '77' }],
    address: [{ line: ['1 Main St'] }],
    telecom: [{ value: '555' }],
  });
  expect(patient('SEL')['identifier']).toMatchObject([
    { value: '77' },
    { value: 'CASE1' },
    { value: 'MIL1' },
  ]);
});

describe('visits', () => {
  it('name who referred the patient', () => {
    const mapped = map(header('ADT^A01'), pid, pv1);
    expect(one(mapped, 'Encounter').content['participant']).toMatchObject([
      {
        type: [{ coding: [{ code: 'REF' }] }],
        individual: { reference: `Practitioner/${one(mapped, 'Practitioner').id}` },
      },
    ]);
  });

  it('keep the roles that follow PID apart from those that follow PV1', () => {
    const role = (id: string): string => `ROL|1|AD|PP^Primary^HL70443|${id}^Smith`;
    const mapped = map(header('ADT^A01'), pid, role('1'), pv1, role('2'));
    expect(one(mapped, 'Patient').content['generalPractitioner']).toHaveLength(1);
    // REF of PV1-8, and the role.
    expect(one(mapped, 'Encounter').content['participant']).toHaveLength(2);
  });

  it('are labelled by the restrictions that follow PV1, patients by those that follow PID', () => {
    const mapped = map(header('ADT^A01'), pid, 'ARV|1|A|DEM', pv1, 'ARV|1|A|LOC|PHY');
    const labels = (type: string): unknown => one(mapped, type).content['meta'];
    expect(labels('Patient')).toMatchObject({ security: [{ code: 'LABEL' }, { code: 'DEMO' }] });
    expect(labels('Encounter')).toMatchObject({
      security: [{ code: 'LABEL' }, { code: 'LOCIS' }, { code: 'PHY' }],
    });
  });

  it('have observations on accident and death that are not those of OBX', () => {
    const mapped = map(
      header('ADT^A01'),
      pid,
      pv1,
      'OBX|1|NM|8867-4^Heart rate^LN||60',
      'ACC|20260301||Main St||Y',
      'PDA||W1|Y|20260302|3^Moe|N',
    );
    const found = mapped.filter(({ type }) => type === 'Observation');
    expect(new Set(found.map(({ id }) => id)).size).toBe(4);
    expect(
      found.map(({ content }) => (content['code'] as { coding: { code: string }[] }).coding[0]?.code),
    ).toEqual(['8867-4', '11374-6', '64297-5', '85699-7']);
  });
});

it('a patient who is merged into themselves is an error, and nothing worse', () => {
  const { issues } = mapper.map(
    parseMessage([header('ADT^A40'), 'PID|1||77^^^GH^MR||Doe^Jane', 'MRG|77^^^GH^MR'].join('\r')),
  );
  expect(issues).toMatchObject([{ severity: 'error', location: 'MRG[1]-1' }]);
});

it('a code whose table is not named yet is of the table of its field', () => {
  const mapped = map(header('ADT^A01'), pid, pv1, 'OBX|1|NM|8867-4^Heart rate^LN||60|||A^A^HL7nnnn');
  expect(one(mapped, 'Observation').content['interpretation']).toMatchObject([
    { coding: [{ code: 'A', system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation' }] },
  ]);
});

it('a place whose status R4 does not know has none', () => {
  const [place] = map(header('ADT^A01'), pid, 'PV1|1|I|W1^^^GH^Dusty').filter(
    ({ type }) => type === 'Location',
  );
  expect(place?.content['status']).toBeUndefined();
});

describe('datatypes', () => {
  it('have the periods that ranges say', () => {
    const [name] = one(
      map(header('ADT^A01'), 'PID|1||77^^^GH^MR||Doe^Jane^^^^^L^^^20200101&20210101', pv1),
      'Patient',
    ).content['name'] as unknown[];
    expect(name).toMatchObject({ period: { start: '2020-01-01', end: '2021-01-01' } });
  });

  it('of telecommunication have their rank, their period, and an address that stands where the number does', () => {
    const person =
      'PID|1||77^^^GH^MR||Doe^Jane||||||||555^PRN^PH^^^^^^^^^^20200101^20210101^^^^2~a@b.org^NET^Internet';
    expect(one(map(header('ADT^A01'), person, pv1), 'Patient').content['telecom']).toMatchObject([
      { value: '555', rank: 2, period: { start: '2020-01-01', end: '2021-01-01' } },
      { value: 'a@b.org', system: 'email' },
    ]);
  });

  it('name an assigner that no country has registered', () => {
    const assigners = (authority: string): unknown =>
      (
        one(map(header('ADT^A01'), `PID|1||77^^^${authority}^MR||Doe`, pv1), 'Patient').content[
          'identifier'
        ] as { assigner?: unknown }[]
      ).map(({ assigner }) => assigner !== undefined);
    expect(assigners('GH&2.16.840.1.113883.3.7&ISO')).toEqual([true]);
    expect(assigners('SSN&2.16.840.1.113883.4.1&ISO')).toEqual([false]);
    expect(assigners('GH')).toEqual([false]);
  });
});

it('an observation is of the order and the specimen of its report, and not of another', () => {
  const obr = (id: string): string[] => [
    `OBR|1|O${id}^GH|F${id}^LAB|24331-1^Lipids^LN`,
    'OBX|1|NM|2093-3^Chol^LN||200||||||F',
  ];
  const mapped = map(header('ORU^R01'), pid, ...obr('1'), 'SPM|1|S1||SER', ...obr('2'));
  const [first, second] = mapped.filter(({ type }) => type === 'Observation').map(({ content }) => content);
  const [order] = mapped.filter(({ type }) => type === 'ServiceRequest');
  expect(first).toMatchObject({
    basedOn: [{ reference: `ServiceRequest/${order?.id}` }],
    specimen: { reference: `Specimen/${one(mapped, 'Specimen').id}` },
  });
  expect(second?.['specimen']).toBeUndefined();
});

it('the dose of an order is the one of RXE, whatever TQ1 says of the times', () => {
  const mapped = map(
    header('RDE^O11'),
    pid,
    pv1,
    'ORC|NW|O1^GH',
    'RXE||70618^Penicillin^RXNORM|5||mg^mg',
    'TQ1|1|2^cp|||||||||||1^hr|3',
  );
  expect(one(mapped, 'MedicationRequest').content['dosageInstruction']).toMatchObject([
    {
      doseAndRate: [{ doseQuantity: { value: 5 } }],
      timing: { repeat: { count: 3, duration: 1, durationUnit: 'h' } },
    },
  ]);
});
