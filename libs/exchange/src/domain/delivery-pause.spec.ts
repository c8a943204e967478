import { describe, expect, it } from '@jest/globals';
import { pauseBeforeNext } from './delivery-pause.ts';

describe('the pause before a notification is sent again', () => {
  it('doubles, up to half a minute', () => {
    const pauses = [1, 2, 3, 6, 7, 60].map((failures) => pauseBeforeNext(failures, 0, 1e9));
    expect(pauses).toEqual([500, 1_000, 2_000, 16_000, 30_000, 30_000]);
  });

  it('ends when it would end after the time the partner is given', () => {
    expect(pauseBeforeNext(3, 7_999, 10_000)).toBe(2_000);
    expect(pauseBeforeNext(3, 8_001, 10_000)).toBeUndefined();
    expect(pauseBeforeNext(1, 0, 0)).toBeUndefined();
  });
});
