import { describe, expect, it } from '@jest/globals';
import { toldDifferences } from './told-differences.ts';

const ofMessage = (nth: number, element: string, before: string, after: string) => ({
  message: `urn:uuid:m${nth}`,
  resource: `Patient/p${nth}`,
  element,
  before,
  after,
});

describe('differences as they are told', () => {
  it('are one line for what is the same of many messages', () => {
    const gender = [1, 2, 3].map((nth) => ofMessage(nth, 'gender', '"other"', '"unknown"'));
    const other = ofMessage(4, 'gender', '"other"', '"male"');
    expect(toldDifferences([...gender, other])).toEqual([
      '3 × Patient gender: "other" → "unknown", such as m1',
      '1 × Patient gender: "other" → "male", such as m4',
    ]);
  });

  it('are one line for ids, each of which is another', () => {
    const ids = [1, 2].map((nth) => ofMessage(nth, 'id', `"a${nth}"`, `"b${nth}"`));
    const references = [0, 1].map((at) =>
      ofMessage(1, `location[${at}].location.reference`, `"Location/a${at}"`, `"Location/b${at}"`),
    );
    expect(toldDifferences([...ids, ...references])).toEqual([
      '2 × Patient id, such as m1',
      '2 × Patient location[].location.reference, such as m1',
    ]);
  });

  it('are of a document its sections, and of its stay the events', () => {
    expect(
      toldDifferences([
        { document: 'Composition/1', section: '48765-2', change: 'added' },
        { document: 'Composition/2', section: '48765-2', change: 'added' },
        {
          document: 'Composition/2',
          event: 'discharged',
          change: 'changed',
          element: 'recipient',
          before: 'origin',
          after: 'nobody',
        },
      ]),
    ).toEqual([
      '2 × section 48765-2 added, such as Composition/1',
      '1 × notice when discharged: changed recipient: origin → nobody, such as Composition/2',
    ]);
  });

  it('say that there is nothing before or after', () => {
    const { before: _, ...added } = ofMessage(1, 'name', '', '"Ada"');
    expect(toldDifferences([added])).toEqual(['1 × Patient name: nothing → "Ada", such as m1']);
  });
});
