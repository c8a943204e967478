import { describe, expect, it } from '@jest/globals';
import type { Caller } from './caller.ts';
import { assertScope, hasScope, parseScope } from './scope.ts';

const caller = (scopes: readonly string[], more: Partial<Caller> = {}): Caller => ({
  subject: 'client/a',
  kind: 'client',
  client: 'client/a',
  scopes,
  purposeOfUse: 'TREAT',
  breakGlass: false,
  ...more,
});

describe('parseScope', () => {
  it('reads level, type and interactions', () => {
    expect(parseScope('system/Observation.rs')).toEqual({
      level: 'system',
      type: 'Observation',
      interactions: 'rs',
    });
  });
  it.each([
    'system/*.',
    'system/*.sr',
    'system/*.*',
    'system/*.read',
    'system/Observation.rs?category=vital-signs',
    'admin/*.cruds',
    'system/observation.r',
    'system/*.rr',
    ' system/*.r',
    'openid',
    '',
  ])('grants nothing for %j', (text) => {
    expect(parseScope(text)).toBeUndefined();
  });
});

describe('assertScope', () => {
  it('takes no scopes as nothing', () => {
    expect(() => assertScope(caller([]), 'Patient', 'r')).toThrow(
      expect.objectContaining({ kind: 'forbidden' }),
    );
  });
  it('joins what several scopes grant', () => {
    const both = caller(['system/Patient.r', 'system/*.s']);
    expect(hasScope(both, 'Patient', 'r')).toBe(true);
    expect(hasScope(both, 'Patient', 's')).toBe(true);
    expect(hasScope(both, 'Patient', 'u')).toBe(false);
    expect(hasScope(both, 'Observation', 'r')).toBe(false);
  });
  it('takes no scope of another level', () => {
    expect(hasScope(caller(['user/*.cruds']), 'Patient', 'r')).toBe(false);
    expect(hasScope(caller(['system/*.cruds'], { kind: 'user' }), 'Patient', 'r')).toBe(false);
    expect(hasScope(caller(['user/*.cruds'], { kind: 'user' }), 'Patient', 'r')).toBe(true);
  });
  it('takes a patient scope only of a caller confined to patients', () => {
    expect(hasScope(caller(['patient/*.r']), 'Observation', 'r')).toBe(false);
    expect(hasScope(caller(['patient/*.r'], { patients: ['p1'] }), 'Observation', 'r')).toBe(true);
  });
});
