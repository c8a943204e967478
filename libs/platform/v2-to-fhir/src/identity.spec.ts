import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { Mapper } from './mapper.ts';

const mapper = new Mapper();

const header = (event: string, application = 'APP', id = '1'): string =>
  `MSH|^~\\&|${application}|GH|||20260301080000+0000||${event}|${id}|P|2.5.1`;
const person = (number: string): string => `PID|1||${number}^^^GH^MR||Doe^Jane`;

function idsOf(type: string, ...segments: string[]): string[] {
  const { resources } = mapper.map(parseMessage(segments.join('\r')));
  return resources.filter((resource) => resource.type === type).map(({ id }) => id);
}

function idOf(type: string, ...segments: string[]): string {
  const [id, ...others] = idsOf(type, ...segments);
  if (id === undefined || others.length > 0) throw new Error(`not one ${type}`);
  return id;
}

describe('the identity of a patient', () => {
  it('is a number of its own, also when who is merged into it has one of a better kind', () => {
    const text = [header('ADT^A40^ADT_A39'), 'PID|1||77^^^GH||Doe^Jane', 'MRG|66^^^GH^MR'].join('\r');
    const { resources } = mapper.map(parseMessage(text));
    const numbers = resources.filter(({ type }) => type === 'Patient').map(({ identity }) => identity?.value);
    expect(numbers).toEqual(['66', '77']);
  });
});

describe('a number without an authority', () => {
  const ordered = (who: string, numbers: string, application = 'CPOE'): string =>
    idOf(
      'MedicationRequest',
      header('RDE^O11', application),
      person(who),
      `ORC|NW|${numbers}`,
      'RXE||1^Warfarin^L|5||mg',
    );

  it('finds the order again in the next message of the patient by the same application', () => {
    expect(ordered('1', '100')).toBe(ordered('1', '100'));
  });

  it('is not that of another patient, of who fills the order, or of another application', () => {
    const ids = [
      ordered('1', '100'),
      ordered('2', '100'),
      ordered('1', '|100'),
      ordered('1', '100', 'PHARM'),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it('is one for all where an authority is named', () => {
    expect(ordered('2', '100^CPOE', 'PHARM')).toBe(ordered('1', '100^CPOE'));
  });

  it.each([
    ['DiagnosticReport', 'OBR|1||1001|718-7^Hgb^LN'],
    ['Observation', 'OBR|1||1001|718-7^Hgb^LN', 'OBX|1|NM|718-7^Hgb^LN||7.1|g/dL|||||F'],
    ['Specimen', 'OBR|1||F1^LAB|718-7^Hgb^LN', 'SPM|1|1001'],
    ['Observation', 'OBR|1||F1^LAB|718-7^Hgb^LN', `OBX|1|NM|718-7^Hgb^LN||7|g/dL|||||F${'|'.repeat(10)}1001`],
  ])('of a result keeps two laboratories apart: %s', (type, ...segments) => {
    const by = (application: string, who: string): string =>
      idOf(type, header('ORU^R01', application), person(who), ...segments);
    expect(by('LAB1', '1')).toBe(by('LAB1', '1'));
    expect(new Set([by('LAB1', '1'), by('LAB2', '1'), by('LAB1', '2')]).size).toBe(3);
  });
});

describe('what nothing in the message identifies', () => {
  const reported = (application: string, id: string, value: string): string =>
    idOf(
      'DiagnosticReport',
      header('ORU^R01', application, id),
      person('1'),
      'OBR|1|||CBC^CBC^L|||20260301',
      `OBX|1|NM|718-7^Hgb^LN||${value}|g/dL|||||F`,
    );

  it('is the same when the message comes again', () => {
    expect(reported('LAB1', '1', '7.1')).toBe(reported('LAB1', '1', '7.1'));
  });

  it('is of its message alone, though another has its control id', () => {
    const ids = [reported('LAB1', '1', '7.1'), reported('LAB2', '1', '7.1'), reported('LAB1', '1', '7.2')];
    expect(new Set(ids).size).toBe(3);
  });
});

describe('a vital sign in a report without a number', () => {
  const measured = (value: number, obx14: string, obr7 = '', state = 'F'): string =>
    idOf(
      'Observation',
      header('ORU^R01', 'MON', `${value}${state}`),
      person('1'),
      `OBR|1|||VITALS^Vital signs^L|||${obr7}`,
      `OBX|1|NM|8867-4^Heart rate^LN||${value}|/min|||||${state}|||${obx14}`,
    );

  it.each([
    ['OBX-14', '202603011000', '202603011100', ''],
    ['OBR-7, where that is empty', '', '', '20260301'],
  ])('is another at another time, by %s', (_, first, second, day) => {
    const at = (hour: string): string => (day === '' ? '' : `${day}${hour}00`);
    expect(measured(80, first, at('10'))).not.toBe(measured(140, second, at('11')));
  });

  it('is the same when it is sent again, or corrected, for the same time', () => {
    expect(measured(81, '202603011000', '', 'C')).toBe(measured(80, '202603011000'));
    expect(measured(81, '', '202603011000', 'C')).toBe(measured(80, '', '202603011000'));
  });

  it.each(['', '20260301'])('is of its message alone when its time is no more than "%s"', (day) => {
    expect(measured(80, day)).not.toBe(measured(140, day));
  });

  it('is, along with a visit and without a time, the one of that visit', () => {
    const weighed = (value: number): string =>
      idOf(
        'Observation',
        header('ADT^A08', 'REG', String(value)),
        person('1'),
        `PV1|1|I${'|'.repeat(17)}V1^^^GH^VN`,
        `OBX|1|NM|29463-7^Weight^LN||${value}|kg|||||F`,
      );
    expect(weighed(71)).toBe(weighed(70));
  });
});

describe('the mother of twins', () => {
  it('is somebody to each of them', () => {
    const motherOf = (who: string): string =>
      idOf('RelatedPerson', header('ADT^A28'), `${person(who)}${'|'.repeat(16)}M1^^^GH^MR`);
    expect(motherOf('1')).toBe(motherOf('1'));
    expect(motherOf('1')).not.toBe(motherOf('2'));
  });
});
