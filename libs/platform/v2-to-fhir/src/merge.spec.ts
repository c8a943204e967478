import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { parseLexical, validate } from '#platform/fhir';
import { Mapper } from './mapper.ts';
import { merge } from './merge.ts';
import type { MappedResource } from './mapped.ts';

const mapper = new Mapper();

function mapped(type: string, ...segments: string[]): MappedResource {
  const found = mapper.map(parseMessage(segments.join('\r'))).resources.find((one) => one.type === type);
  if (!found) throw new Error(`no ${type}`);
  return found;
}

const header = (event: string): string => `MSH|^~\\&|ADT|GH|||20260301080000||ADT^${event}|1|P|2.5.1`;
const person =
  'PID|1||77^^^GH^MR||Doe^Jane^^^^^L||19800102|F|||1 Elm St^^Ann Arbor^MI||(1)^PRN^PH|(2)^WPN^PH||M';

describe('laying a message over what is kept', () => {
  const before = merge(undefined, mapped('Patient', header('A28'), person));

  it('is found again by the same id', () => {
    expect(mapped('Patient', header('A31'), 'PID|1||77^^^GH^MR').id).toBe(before['id']);
  });

  it('keeps what the message does not speak of', () => {
    const after = merge(before, mapped('Patient', header('A31'), 'PID|1||77^^^GH^MR||||19800103'));
    expect(after).toEqual({ ...before, birthDate: '1980-01-03' });
  });

  it('takes out what is null, and only that', () => {
    const after = merge(before, mapped('Patient', header('A31'), 'PID|1||77^^^GH^MR||||""|||||""'));
    expect(after).not.toHaveProperty('birthDate');
    expect(after).toMatchObject({ gender: 'female', name: before['name'] });
    expect(after).toHaveProperty('address');
    const homeless = merge(before, mapped('Patient', header('A31'), 'PID|1||77^^^GH^MR||||||||""||""'));
    expect(homeless).not.toHaveProperty('address');
    expect(homeless['telecom']).toEqual([expect.objectContaining({ use: 'work' })]);
  });

  it('keeps identifiers of other authorities, and names of other uses', () => {
    const after = merge(
      before,
      mapped('Patient', header('A31'), 'PID|1||77^^^GH^MR~5^^^VA^PI||Roe^Jane^^^^^M'),
    );
    expect(after['identifier']).toHaveLength(2);
    expect(after['name']).toHaveLength(2);
    expect(validate('Patient', after)).toEqual([]);
  });

  it('does not let what is assumed stand against what is known', () => {
    const visit = (event: string, fields: string): MappedResource =>
      mapped('Encounter', header(event), person, `PV1|1|I|||||||||||||||||V1^^^GH|||||||||||||||||${fields}`);
    const discharged = merge(merge(undefined, visit('A01', '')), visit('A03', '01||||||||20260301|20260305'));
    expect(discharged).toMatchObject({ status: 'finished', period: { end: '2026-03-05' } });
    expect(discharged).toHaveProperty('hospitalization.dischargeDisposition');
    expect(merge(discharged, visit('A08', ''))).toMatchObject({ status: 'finished' });
    const back = merge(discharged, visit('A13', '01||||||||20260301|20260305'));
    expect(back).toMatchObject({ status: 'in-progress', period: { start: '2026-03-01' } });
    expect(back).not.toHaveProperty('period.end');
    expect(back).not.toHaveProperty('hospitalization');
  });

  it('moves nobody by an order or a result, which only fill in what is not known', () => {
    const visit = (event: string, patientClass: string, ward: string): MappedResource =>
      mapped(
        'Encounter',
        `MSH|^~\\&|ADT|GH|||20260301080000||${event}|1|P|2.5.1`,
        person,
        `PV1|1|${patientClass}|${ward}^1^A^GH||||||||||||||||V1^^^GH${'|'.repeat(25)}20260301`,
        'OBR|1||L1^LAB|718-7^Hgb^LN',
      );
    const result = visit('ORU^R01', 'O', 'W1');
    const moved = merge(merge(undefined, visit('ADT^A01', 'I', 'W1')), visit('ADT^A02', 'I', 'W2'));
    expect(merge(moved, result)).toEqual(moved);
    const { location, class: patientClass, period, ...bare } = merge(undefined, result);
    expect(merge(bare, result)).toMatchObject({ location, class: patientClass, period });
  });

  it.each(['RAS^O17', 'RDS^O13'])('does not take up again a stopped order that %s repeats', (event) => {
    const told = (type: string, control: string): MappedResource =>
      mapped(
        'MedicationRequest',
        `MSH|^~\\&|MAR|GH|||20260301080000||${type}|1|P|2.5.1`,
        person,
        `ORC|${control}|R1^EHR`,
        'RXE||1^Warfarin^L|5||mg',
        type.startsWith('RAS') ? 'RXA|0|1|202603010800||1^Warfarin^L|5' : 'RXD|1|1^Warfarin^L|20260301|30',
      );
    const stopped = merge(merge(undefined, told('RDE^O11', 'NW')), told('RDE^O11', 'DC'));
    expect(merge(stopped, told(event, 'RE'))).toMatchObject({ status: 'stopped' });
    expect(merge(undefined, told(event, 'RE'))).toMatchObject({ status: 'active' });
  });

  it('remembers where a patient was', () => {
    const at = (place: string): MappedResource =>
      mapped('Encounter', header('A02'), person, `PV1|1|I|${place}||||||||||||||||V1^^^GH`);
    const after = merge(merge(undefined, at('W1^1^A^GH')), at('W2^7^B^GH'));
    expect(after['location']).toEqual([
      expect.objectContaining({ status: 'completed' }),
      expect.objectContaining({ status: 'active' }),
    ]);
  });

  it('keeps each stay in a place, with its time, when a patient comes back to one', () => {
    const told = (event: string, at: string, place: string, prior = ''): MappedResource =>
      mapped(
        'Encounter',
        `MSH|^~\\&|ADT|GH|||2026030120+0000||ADT^${event}|1|P|2.5.1`,
        `EVN||2026030${at}1000+0000||||2026030${at}0900+0000`,
        person,
        `PV1|1|I|${place}^1^A^GH|||${prior === '' ? '' : `${prior}^1^A^GH`}|||||||||||||V1^^^GH`,
      );
    const events = [told('A01', '1', 'W1'), told('A02', '2', 'ICU', 'W1'), told('A02', '3', 'W1', 'ICU')];
    const history = (...all: MappedResource[]): unknown => {
      const kept = all.reduce<Record<string, unknown> | undefined>(merge, undefined)!;
      expect(validate('Encounter', kept)).toEqual([]);
      return kept['location'];
    };
    const [first, second] = [1, 2].map((day) => ({
      status: 'completed',
      period: { start: `2026-03-0${day}T09:00:00+00:00`, end: `2026-03-0${day + 1}T09:00:00+00:00` },
    }));
    const expected = [first, second, { status: 'active', period: { start: '2026-03-03T09:00:00+00:00' } }];
    expect(history(...events)).toMatchObject(expected);
    expect(history(...events)).toHaveLength(3);
    expect(history(...events, ...events, told('A08', '4', 'W1'))).toEqual(history(...events));
    const silent = [told('A01', '1', 'W1'), told('A02', '2', 'ICU'), told('A02', '3', 'W1')];
    expect(history(...silent)).toEqual(history(...events));
  });

  it('begins a stay where it was planned, and moves nobody whom a message only plans to', () => {
    const told = (event: string, fields: string): MappedResource =>
      mapped('Encounter', header(event), person, `PV1|1|${fields}||||||||V1^^^GH|`);
    const planned = merge(undefined, told('A05', 'P|W1^1^A^GH||||||||||||||'));
    expect(planned['location']).toMatchObject([{ status: 'planned' }]);
    const begun = merge(planned, told('A01', 'I|W1^1^A^GH||||||||||||||'));
    expect(begun['location']).toMatchObject([{ status: 'active' }]);
  });

  it('keeps the digits of a decimal, of the message and of what was there', () => {
    const result = (value: string) =>
      mapped(
        'Observation',
        'MSH|^~\\&|LAB|GH|||20260301080000||ORU^R01|1|P|2.5.1',
        'PID|1||77^^^GH^MR',
        'OBR|1||F1^LAB|2345-7^Glucose^LN|||20260301',
        `OBX|1|NM|2345-7^Glucose^LN||${value}|mg/dL^^UCUM|||||F`,
      );
    const stored = JSON.stringify(merge(undefined, result('5.10')));
    expect(stored).toContain('"value":5.10,');
    const before = parseLexical(stored) as Record<string, unknown>;
    expect(JSON.stringify(merge(before, result('5.10')))).toBe(stored);
    expect(JSON.stringify(merge({ ...before, note: [{ text: 'x' }] }, result('+07.0')))).toContain(
      '"value":7.0,',
    );
  });
});
