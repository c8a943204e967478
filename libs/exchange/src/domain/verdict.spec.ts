import { describe, expect, it } from '@jest/globals';
import { verdictOfAcknowledgement } from './verdict.ts';

describe('what a recipient makes of an HL7 v2 message', () => {
  const is = (code: string, error?: string) =>
    verdictOfAcknowledgement({ code, error, place: undefined }, 'c').is;

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

  it('is told on with the first error and its place, and nothing else', () => {
    const reason = (error?: string, place?: string) => {
      const verdict = verdictOfAcknowledgement({ code: 'AR', error, place }, 'c');
      return 'reason' in verdict && verdict.reason.replace(/ See there .*/, '');
    };
    const said = 'The recipient acknowledged with AR';
    expect(reason('200', 'MSH-9')).toBe(`${said}, error 200 at MSH-9.`);
    expect(reason('101')).toBe(`${said}, error 101.`);
    expect(reason(undefined, 'PID-3')).toBe(`${said}, error at PID-3.`);
    expect(reason('4711 Okafor')).toBe(`${said}.`);
    expect(reason()).toBe(`${said}.`);
  });

  it('is open while the recipient has trouble of its own, however often it says so', () => {
    for (const code of ['AR', 'CR', 'AE', 'CE'])
      expect(verdictOfAcknowledgement({ code, error: '207', place: undefined }, 'c')).toMatchObject({
        is: 'again',
        isRefusal: false,
      });
  });
});
