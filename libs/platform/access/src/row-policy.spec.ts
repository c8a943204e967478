import { describe, expect, it } from '@jest/globals';
import type { Caller } from './caller.ts';
import { rowPolicy } from './row-policy.ts';

const caller = (patients?: readonly string[]): Caller => ({
  subject: 'client/a',
  kind: 'client',
  client: 'client/a',
  scopes: ['system/*.cruds'],
  ...(patients === undefined ? {} : { patients }),
  purposeOfUse: 'TREAT',
  breakGlass: false,
});

describe('rowPolicy', () => {
  it('lets a caller not confined to patients see all rows', () => {
    expect(rowPolicy(caller())).toBe('*');
  });
  it('names the patients a caller is confined to', () => {
    expect(rowPolicy(caller(['a', 'b-1']))).toBe('a,b-1');
  });
  it('takes an empty list as no patient, never as all', () => {
    expect(rowPolicy(caller([]))).toBe('');
  });
  it.each([['*'], ['a,b'], [''], ['a*']])('refuses %j as a patient', (id) => {
    expect(() => rowPolicy(caller([id]))).toThrow(expect.objectContaining({ kind: 'forbidden' }));
  });
});
