import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { Mapper } from './mapper.ts';

const usual = new Mapper();
const map = (...segments: readonly string[]) => usual.map(parseMessage(segments.join('\r')));
const header = (type: string): string => `MSH|^~\\&|EHR|GH|||20260301080000-0500||${type}|M1|P|2.5.1`;

describe('what cannot be mapped', () => {
  it('names the field without which nothing can be found again, and no value', () => {
    const mapped = map(header('ADT^A01'), 'PID|1||||Doe^Jane||Secret', 'PV1|1|I');
    expect(mapped.issues).toContainEqual(
      expect.objectContaining({ severity: 'error', location: 'PID[1]-3', code: '101' }),
    );
    expect(mapped.issues).toContainEqual(
      expect.objectContaining({ severity: 'warning', location: 'PID[1]-7', code: '102' }),
    );
    expect(JSON.stringify(mapped.issues)).not.toContain('Secret');
  });

  it('tells what is missing from what is wrong in form and from codes that are unknown', () => {
    const { issues } = map(
      header('ADT^A01'),
      'PID|1||4711^^^NORTH^MR||Doe^Jane||19990231|unheard-of',
      `PV1|1|I${'|'.repeat(42)}2026-03-01`,
    );
    const told = issues.map(({ location, code }) => [location, code]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['PID[1]-7', '102'],
        ['PID[1]-8', '103'],
        ['PV1[1]-19', '101'],
        ['PV1[1]-44', '102'],
      ]),
    );
  });

  it('says so where there is no table', () => {
    expect(map(header('ZZZ^Z01')).issues).toEqual([
      expect.objectContaining({ location: 'MSH[1]-9', code: '200' }),
    ]);
  });
});
