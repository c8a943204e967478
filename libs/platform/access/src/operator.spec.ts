import { describe, expect, it } from '@jest/globals';
import type { Caller } from './caller.ts';
import { assertOperator } from './operator.ts';

const caller = (scopes: readonly string[], more: Partial<Caller> = {}): Caller => ({
  subject: 'client/a',
  kind: 'client',
  client: 'client/a',
  scopes,
  purposeOfUse: 'HOPERAT',
  breakGlass: false,
  ...more,
});
const forbidden: unknown = expect.objectContaining({ kind: 'forbidden' });

describe('who runs the installation', () => {
  it('has a scope on everything', () => {
    expect(() => assertOperator(caller(['system/*.cruds']), 'u')).not.toThrow();
    expect(() => assertOperator(caller(['system/*.rs']), 'u')).toThrow(forbidden);
    expect(() => assertOperator(caller(['system/Task.cruds']), 'u')).toThrow(forbidden);
  });

  it('is nobody who treats, nor a patient', () => {
    expect(() => assertOperator(caller(['user/*.cruds'], { kind: 'user' }), 'r')).toThrow(forbidden);
    expect(() =>
      assertOperator(caller(['patient/*.cruds', 'system/*.cruds'], { patients: ['a'] }), 'r'),
    ).toThrow(forbidden);
  });
});
