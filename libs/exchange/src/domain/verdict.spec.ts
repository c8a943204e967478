import { describe, expect, it } from '@jest/globals';
import { verdictOfAcknowledgement } from './verdict.ts';

describe('what a recipient makes of an HL7 v2 message', () => {
  const is = (code: string, error?: string) => verdictOfAcknowledgement({ code, error }, 'c').is;

  it('is told by the code of its acknowledgement', () => {
    expect(['AA', 'CA', 'AE', 'CE', 'AR', 'CR', 'ZZ'].map((code) => is(code))).toEqual([
      'taken',
      'taken',
      'again',
      'again',
      'refused',
      'refused',
      'again',
    ]);
    expect(is('AR', '200')).toBe('refused');
  });

  it('is open while the recipient has trouble of its own, however often it says so', () => {
    for (const code of ['AR', 'CR', 'AE', 'CE'])
      expect(verdictOfAcknowledgement({ code, error: '207' }, 'c')).toMatchObject({
        is: 'again',
        isRefusal: false,
      });
  });
});
