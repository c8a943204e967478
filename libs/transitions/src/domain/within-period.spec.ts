import { describe, expect, it } from '@jest/globals';
import { isWithin } from './within-period.ts';

const at = Date.UTC(2026, 2, 9, 10);

describe('a moment', () => {
  it.each([
    [{}],
    [undefined],
    [{ start: '2026-03-09T10:00:00Z' }],
    [{ start: '2026-03-09', end: '2026-03-09' }],
    [{ start: '2026', end: '2026' }],
    [{ end: '2026-03' }],
    [{ end: '2026-03-09T12:00:00+02:00' }],
    [{ end: '2099-12-31' }],
  ])('is within the period %j', (period) => {
    expect(isWithin(period, at)).toBe(true);
  });

  it.each([
    [{ start: '2026-03-10' }],
    [{ start: '2026-04' }],
    [{ start: '2026-03-09T10:00:00.001Z' }],
    [{ end: '2026-03-08' }],
    [{ end: '2026-02' }],
    [{ end: '2025' }],
    [{ end: '2026-03-09T09:59:59Z' }],
  ])('is not within the period %j', (period) => {
    expect(isWithin(period, at)).toBe(false);
  });
});
