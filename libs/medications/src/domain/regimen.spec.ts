import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareRegimens, regimenOf, type Regimen } from './regimen.ts';

const dose = (value: number, unit: string, timing: object = {}, more: object = {}) => ({
  doseAndRate: [{ doseQuantity: { value, unit } }],
  timing,
  ...more,
});
const times = (frequency: number, period = 1, periodUnit = 'd') => ({
  repeat: { frequency, period, periodUnit },
});
const code = (written: string) => ({ code: { coding: [{ code: written }] } });

const differ = (a: object, b: object, strengths: readonly string[] = [], others = strengths) =>
  compareRegimens(regimenOf([a], strengths), regimenOf([b], others));

const regimens = fc.array(
  fc.record(
    {
      amount: fc.constantFrom('50 mg', '100 mg', '1 piece', '5 ml'),
      timesADay: fc.constantFrom(0.5, 1, 2, 3),
      asNeeded: fc.boolean(),
      text: fc.constantFrom('one in the morning', 'two at night'),
    },
    { requiredKeys: ['asNeeded'] },
  ),
  { maxLength: 3 },
) as fc.Arbitrary<Regimen>;

describe('two regimens', () => {
  it.each([
    ['one unit of mass and another', dose(0.5, 'g', times(2)), dose(500, 'mg', times(1, 12, 'h')), 'same'],
    ['a code and a number of times', dose(5, 'mg', code('BID')), dose(5, 'mg', times(2)), 'same'],
    [
      'times of day and days of the week',
      dose(5, 'mg', { repeat: { timeOfDay: ['08:00:00', '20:00:00'] } }),
      dose(5, 'mg', code('bid')),
      'same',
    ],
    [
      'three days a week',
      dose(5, 'mg', { repeat: { dayOfWeek: ['mon', 'wed', 'fri'] } }),
      dose(5, 'mg', times(3, 1, 'wk')),
      'same',
    ],
    ['another amount', dose(5, 'mg', times(1)), dose(10, 'mg', times(1)), 'other'],
    ['another frequency', dose(5, 'mg', times(1)), dose(5, 'mg', times(2)), 'other'],
    [
      'one is only as needed',
      dose(5, 'mg', times(1)),
      dose(5, 'mg', times(1), { asNeededBoolean: true }),
      'other',
    ],
    ['another amount, though one does not say how often', dose(5, 'mg'), dose(10, 'mg', times(1)), 'other'],
    ['what is only half said', dose(5, 'mg'), dose(5, 'mg', times(1)), 'unknown'],
    ['units that cannot be compared', dose(5, 'ml', times(1)), dose(10, 'mg', times(1)), 'unknown'],
    ['the same words', { text: 'One tablet, daily.' }, { text: 'one tablet daily' }, 'same'],
    ['other words', { text: 'one tablet daily' }, { text: 'two tablets daily' }, 'other'],
    ['words and numbers', { text: 'one daily' }, dose(5, 'mg', times(1)), 'unknown'],
  ] as const)('with %s', (_, a, b, expected) => {
    expect(differ(a, b)).toBe(expected);
    expect(differ(b, a)).toBe(expected);
  });

  it('count tablets by their strength where there is one', () => {
    expect(differ(dose(2, 'tablet', times(1)), dose(1, 'TAB', times(1)), ['25 mg'], ['50 mg'])).toBe('same');
    expect(differ(dose(1, '{tbl}', times(1)), dose(1, 'tablet', times(1)), ['25 mg'], ['50 mg'])).toBe(
      'other',
    );
    expect(differ(dose(1, 'tablet', times(1)), dose(2, 'tablet', times(1)), ['25 mg', '5 mg'])).toBe('other');
  });

  it('do not depend on the order of their instructions', () => {
    const [morning, night] = [dose(5, 'mg', code('AM')), dose(10, 'mg', times(1))];
    expect(compareRegimens(regimenOf([morning, night]), regimenOf([night, morning]))).toBe('same');
    expect(compareRegimens(regimenOf([morning, night]), regimenOf([morning]))).toBe('other');
  });

  it('differ alike from both sides, and none from itself', () => {
    fc.assert(
      fc.property(regimens, regimens, (a, b) => {
        expect(compareRegimens(a, b)).toBe(compareRegimens(b, a));
        expect(compareRegimens(a, a.toReversed())).not.toBe('other');
      }),
    );
  });
});
