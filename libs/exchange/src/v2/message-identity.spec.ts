import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { messageIdentity } from './message-identity.ts';

const message = (event: string, ...segments: string[]) =>
  parseMessage([`MSH|^~\\&|LAB|NORTH|||202611221200||${event}|1|P|2.5.1`, ...segments].join('\r'));
const identityOf = (...segments: string[]) =>
  messageIdentity(message('ADT^A08', ...segments), 'main', 'secret');

describe('the lane of a message', () => {
  it('is that of the medical record number, wherever in PID-3 it stands', () => {
    const one = identityOf('PID|1||4711^^^NORTH^MR~999^^^SSA^SS');
    expect(identityOf('PID|1||999^^^SSA^SS~4711^^^NORTH^MR')).toEqual(one);
    expect(identityOf('PID|1||4711^^^SOUTH^MR')).not.toEqual(one);
    expect(identityOf('PID|1||4712^^^NORTH^MR')).not.toEqual(one);
  });

  it('goes by the number of an authority rather than by its name', () => {
    expect(identityOf('PID|1||1^^^NORTH&1.2.3&ISO^MR')).toEqual(identityOf('PID|1||1^^^N&1.2.3&ISO^MR'));
  });

  it('is the sender of a message about nobody', () => {
    expect(identityOf()).toEqual(identityOf('PID|1||'));
    expect(identityOf()).not.toEqual(identityOf('PID|1||1'));
  });

  it('shows no identifier', () => {
    expect(JSON.stringify(identityOf('PID|1||4711^^^NORTH^MR'))).not.toContain('4711');
  });

  it('is both of a merge', () => {
    const merge = messageIdentity(message('ADT^A40', 'PID|1||1^^^N^MR', 'MRG|2^^^N^MR'), 'main', 'secret');
    expect(merge).toEqual({
      identity: identityOf('PID|1||1^^^N^MR').identity,
      mergedIdentity: identityOf('PID|1||2^^^N^MR').identity,
    });
  });
});
