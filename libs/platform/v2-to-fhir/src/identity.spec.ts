import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { Mapper } from './mapper.ts';

describe('the identity of a patient', () => {
  it('is a number of its own, also when who is merged into it has one of a better kind', () => {
    const header = 'MSH|^~\\&|ADT|GH|||20260301||ADT^A40^ADT_A39|1|P|2.5.1';
    const text = [header, 'PID|1||77^^^GH||Doe^Jane', 'MRG|66^^^GH^MR'].join('\r');
    const { resources } = new Mapper().map(parseMessage(text));
    const numbers = resources.filter(({ type }) => type === 'Patient').map(({ identity }) => identity?.value);
    expect(numbers).toEqual(['66', '77']);
  });
});
