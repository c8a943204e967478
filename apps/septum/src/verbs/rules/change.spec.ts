import { describe, expect, it } from '@jest/globals';
import { previous } from './change.ts';

const change = (at: string, version?: string, state = 'settled') => ({
  at,
  name: 'north',
  state,
  ...(version === undefined ? {} : { version }),
});
const now = Date.parse('2026-06-01T00:00:00Z');

describe('what was in force before', () => {
  it('is the pack of the change before the last that came', () => {
    const changes = [
      change('2026-01-01T00:00:00Z', '1'),
      change('2026-02-01T00:00:00Z', '2', 'void'),
      change('2026-03-01T00:00:00Z', '3'),
      change('2026-07-01T00:00:00Z', '4'),
    ];
    expect(previous(changes, now)).toEqual({ name: 'north', version: '1' });
  });

  it('is none before the first', () => {
    expect(previous([change('2026-01-01T00:00:00Z', '1')], now)).toEqual({ name: 'north' });
    expect(previous([change('2026-01-01T00:00:00Z'), change('2026-02-01T00:00:00Z', '2')], now)).toEqual({
      name: 'north',
    });
  });

  it('is not asked for while no pack is in force', () => {
    expect(() => previous([], now)).toThrow('No pack is in force');
    expect(() => previous([change('2026-01-01T00:00:00Z')], now)).toThrow('No pack is in force');
  });
});
