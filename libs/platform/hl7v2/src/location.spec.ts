import { describe, expect, it } from '@jest/globals';
import { errorLocation, formatLocation, parseLocation } from './location.ts';

describe('a location', () => {
  it.each([
    ['PID', 'PID^1'],
    ['OBX[3]', 'OBX^3'],
    ['PID-3', 'PID^1^3^1'],
    ['OBX[3]-5', 'OBX^3^5^1'],
    ['PID-3[2].4', 'PID^1^3^2^4'],
    ['PID-3[2].4.1', 'PID^1^3^2^4^1'],
    ['ZA1-1.2.3', 'ZA1^1^1^1^2^3'],
  ])('%s is written back, and is %s in ERR-2', (path, erl) => {
    expect(formatLocation(parseLocation(path))).toBe(path);
    expect(errorLocation(parseLocation(path)).join('^')).toBe(erl);
  });

  it.each(['', 'PID-', 'PID-0', 'pid-3', 'PID.3', 'PID-3.0', 'PID-3[0]', 'PID-3-1', 'PIDX-3', 'PID-3.1.1.1'])(
    '%j is none',
    (path) => expect(() => parseLocation(path)).toThrow('Write it like PID-3'),
  );
});
