/** The normal forms that index and query share. */
import { describe, expect, it } from '@jest/globals';
import { beginningOfTime, dateInterval, endOfTime, periodInterval } from './date-interval.ts';
import { numberInterval } from './number-interval.ts';
import { parseReference } from './reference-value.ts';
import { searchText } from './search-text.ts';

const utc = (text: string): number => Date.parse(text);

describe('dateInterval', () => {
  it.each([
    ['2024', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
    ['2024-02', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['2024-12', '2024-12-01T00:00:00Z', '2025-01-01T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['2024-02-29T13:14', '2024-02-29T13:14:00Z', '2024-02-29T13:15:00Z'],
    ['2024-02-29T13:14:15', '2024-02-29T13:14:15Z', '2024-02-29T13:14:16Z'],
    ['2024-02-29T13:14:15Z', '2024-02-29T13:14:15Z', '2024-02-29T13:14:16Z'],
    ['2024-02-29T13:14:15+02:00', '2024-02-29T11:14:15Z', '2024-02-29T11:14:16Z'],
    ['2024-02-29T13:14:15-05:30', '2024-02-29T18:44:15Z', '2024-02-29T18:44:16Z'],
    ['2024-02-29T13:14:15.5Z', '2024-02-29T13:14:15.500Z', '2024-02-29T13:14:15.600Z'],
    ['2024-02-29T13:14:15.123Z', '2024-02-29T13:14:15.123Z', '2024-02-29T13:14:15.124Z'],
    ['2024-02-29T13:14:15.123456Z', '2024-02-29T13:14:15.123Z', '2024-02-29T13:14:15.124Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59Z', '2017-01-01T00:00:00Z'],
  ])('%s is from %s to before %s', (value, low, high) => {
    expect(dateInterval(value)).toEqual({ low: utc(low), high: utc(high) });
  });

  it('knows years that Date.UTC takes for others', () => {
    expect(dateInterval('0050')!.low).toBe(utc('0050-01-01T00:00:00Z'));
  });

  it.each([
    '',
    '24',
    '0000',
    '2024-00',
    '2024-13',
    '2024-02-30',
    '2023-02-29',
    '1900-02-29',
    '2024-04-31',
    '2024-1-1',
    '2024-01-01T24:00',
    '2024-01-01T10',
    '2024-01-01T10:60',
    '2024-01-01T10:00+15:00',
    '2024Z',
    ' 2024',
  ])('%j is no date', (value) => {
    expect(dateInterval(value)).toBeUndefined();
  });

  it('leaves a period open where it has no end', () => {
    expect(periodInterval('2024', undefined)).toEqual({ low: utc('2024-01-01'), high: endOfTime });
    expect(periodInterval(undefined, '2024')).toEqual({ low: beginningOfTime, high: utc('2025-01-01') });
    expect(periodInterval(undefined, undefined)).toBeUndefined();
  });
});

describe('numberInterval', () => {
  it.each([
    ['100', 99.5, 100.5],
    ['100.00', 99.995, 100.005],
    ['1e2', 95, 105],
    ['5.4', 5.35, 5.45],
    ['5.40', 5.395, 5.405],
    ['5.40e-3', 0.0053995, 0.0054005],
    ['-0.5', -0.55, -0.45],
    ['+7', 6.5, 7.5],
    ['0', -0.5, 0.5],
  ])('%s is from %d to before %d', (value, low, high) => {
    expect(numberInterval(value)).toEqual({ low, high });
  });

  it.each(['', 'x', '.5', '5.', '1e', '0x10', 'Infinity', '1_000', '1'.repeat(31)])(
    '%j is no number',
    (value) => {
      expect(numberInterval(value)).toBeUndefined();
    },
  );
});

describe('searchText', () => {
  it.each([
    ['Müller', 'muller'],
    ['  José   María ', 'jose maria'],
    ['ÅNGSTRÖM', 'angstrom'],
    ['o\u0308', 'o'],
    ['plain', 'plain'],
    ['ﬁ', 'fi'],
    ['李小龍', '李小龍'],
    ['\u0301', ''],
  ])('%j is %j', (value, normal) => {
    expect(searchText(value)).toBe(normal);
    expect(searchText(normal)).toBe(normal);
  });
});

describe('parseReference', () => {
  it.each([
    ['Patient/1', { type: 'Patient', id: '1' }],
    ['Patient/1/_history/2', { type: 'Patient', id: '1' }],
    ['https://own/fhir/Patient/1', { type: 'Patient', id: '1' }],
    ['https://own/fhir/Patient/1/_history/3', { type: 'Patient', id: '1' }],
    ['https://own/fhir2/Patient/1', { type: 'Patient', url: 'https://own/fhir2/Patient/1' }],
    ['https://own.evil/fhir/Patient/1', { type: 'Patient', url: 'https://own.evil/fhir/Patient/1' }],
    ['urn:uuid:1', { url: 'urn:uuid:1' }],
    ['Ward/1', { url: 'Ward/1' }],
    ['Patient?identifier=1', { url: 'Patient?identifier=1' }],
  ])('reads %s', (reference, expected) => {
    expect(parseReference(reference, 'https://own/fhir')).toEqual(expected);
  });
});
