import { describe, expect, it } from '@jest/globals';
import type { InvokeOperation } from './context-definition.ts';
import { instantIn, readParameters, requiredValue, wholeNumberIn } from './operation-parameters.ts';

const request = (parameters: Record<string, string[]>): InvokeOperation => ({ base: 'x', parameters });
const read = (parameters: Record<string, string[]>, body?: object) =>
  readParameters(request(parameters), body && JSON.stringify(body), ['state', '_count', 'since']);

describe('the parameters of an operation', () => {
  it('are those of the address and those of the body', () => {
    const body = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'state', valueCode: 'stopped' },
        { name: '_count', valueInteger: 5 },
      ],
    };
    const given = read({ state: ['due'], _format: ['json'] }, body);
    expect(given.get('state')).toEqual(['due', 'stopped']);
    expect([requiredValue(given, 'state'), wholeNumberIn(given, '_count')]).toEqual(['stopped', 5]);
  });

  it('are known, and those that are not are told with those that are', () => {
    expect(() => read({ stat: ['due'] })).toThrow(/stat.*not known.*state, _count, since\.$/);
    expect(() => readParameters(request({ stat: [] }), undefined, [])).toThrow(/There are none\.$/);
    expect(() => read({}, { resourceType: 'Bundle' })).toThrow(/Parameters/);
  });

  it.each(['0', '-1', '1.5', 'x', ''])('are no whole number: %s', (text) => {
    expect(() => wholeNumberIn(read({ _count: [text] }), '_count')).toThrow(/_count/);
  });

  it('may be missing, unless one is required', () => {
    const given = read({});
    expect([wholeNumberIn(given, '_count'), instantIn(given, 'since')]).toEqual([undefined, undefined]);
    expect(() => requiredValue(given, 'state')).toThrow(/state is missing/);
  });

  it.each([
    ['2026-01-31T08:00:00Z', Date.UTC(2026, 0, 31, 8)],
    ['2026-01-31T08:00:00+02:00', Date.UTC(2026, 0, 31, 6)],
    ['2026-01-31T08:00:00', undefined],
    ['2026-01-31', undefined],
  ])('are an instant, with its offset: %s', (text, instant) => {
    const given = read({ since: [text] });
    if (instant === undefined) expect(() => instantIn(given, 'since')).toThrow(/since must be an instant/);
    else expect(instantIn(given, 'since')).toBe(instant);
  });
});
