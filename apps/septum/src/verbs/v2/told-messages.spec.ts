import { describe, expect, it } from '@jest/globals';
import { describeMessage, describeResent, flat } from './told-messages.ts';

const part = (name: string, valueUuid: string) => ({ name, valueUuid: `urn:uuid:${valueUuid}` });

describe('a message of the queue', () => {
  it('says which one was taken in its place, and in whose place it was taken', () => {
    const old = flat({ name: 'message', part: [part('id', 'old'), part('correctedBy', 'new')] });
    expect(describeMessage(old)).toBe('old  corrected by new');
    const taken = flat({ name: 'message', part: [part('id', 'new'), part('corrects', 'old')] });
    expect(describeMessage(taken)).toBe('new  corrects old');
  });
});

describe('what was sent again', () => {
  it('is named where it was taken under an id of its own, and counted elsewhere', () => {
    const resent = { applied: 1, rejected: 0, dismissed: false, message: null };
    expect(describeResent({ ...resent, message: 'new' })).toContain('septum v2 show new');
    expect(describeResent({ ...resent, rejected: 2 })).toMatch(
      /^1 to be applied again\. 2 of that time stay/,
    );
    expect(describeResent({ ...resent, dismissed: true })).toBe('Dismissed.');
  });
});
