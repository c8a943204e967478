import { describe, expect, it } from '@jest/globals';
import { inForceAt, type RuleChange } from './rule-schedule.ts';

let position = 0;
const change = (at: number, version: string | null, more: Partial<RuleChange> = {}): RuleChange => ({
  position: (position += 1),
  at,
  name: 'north',
  version,
  until: null,
  state: 'settled',
  ...more,
});
const one = { name: 'north', version: '1' };

describe('what is in force', () => {
  it('is the pack of the last change up to an instant, that instant included', () => {
    const changes = [change(20, '2'), change(10, '1'), change(30, null)];
    expect([9, 10, 19, 20, 30].map((at) => inForceAt(changes, at))).toEqual([
      'none',
      one,
      one,
      { ...one, version: '2' },
      'none',
    ]);
  });

  it('is, of two changes for one instant, what was decided later', () => {
    expect(inForceAt([change(10, '2'), change(10, '1')], 10)).toEqual(one);
  });

  it('ends where the pack itself ends', () => {
    const changes = [change(10, '1', { until: 20 })];
    expect([19, 20].map((at) => inForceAt(changes, at))).toEqual([one, 'none']);
  });

  it('is undecided about and after the instant of a change that may yet come, and not touched by one that does not', () => {
    const changes = [
      change(10, '1'),
      change(20, '2', { state: 'proposed' }),
      change(15, '3', { state: 'void' }),
    ];
    expect([19, 20, 21].map((at) => inForceAt(changes, at))).toEqual([one, 'undecided', 'undecided']);
    expect(inForceAt([...changes, change(30, '1')], 30)).toEqual(one);
  });
});
