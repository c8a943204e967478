import { describe, expect, it } from '@jest/globals';
import { notFoundAgain, toldDifferences } from './told-differences.ts';

const ofMessage = (nth: number, element: string, before: string, after: string) => ({
  message: `urn:uuid:m${nth}`,
  resource: `Patient/p${nth}`,
  element,
  before,
  after,
});

describe('numbers by which what is there would not be found again', () => {
  const stay = { ...ofMessage(1, 'id', '"a"', '"b"'), resource: 'Encounter/a' };

  it('are told of, once for each patient and each stay', () => {
    const patients = [1, 2].map((nth) => ofMessage(nth, 'id', `"a${nth}"`, `"b${nth}"`));
    expect(notFoundAgain([...patients, patients[0]!, stay])).toEqual([
      '2 patients and 1 stay would not be found again: the pack gives their numbers another system. Their next messages would make them anew, beside what is there.',
    ]);
    expect(notFoundAgain([stay])[0]).toMatch(/^1 stay would/);
  });

  it('are none where other things come out otherwise', () => {
    const location = { ...ofMessage(1, 'id', '"a"', '"b"'), resource: 'Location/a' };
    expect(notFoundAgain([ofMessage(1, 'gender', '"other"', '"male"'), location])).toEqual([]);
  });
});

describe('differences as they are told', () => {
  it('are one line for what is the same of many messages', () => {
    const gender = [1, 2, 3].map((nth) => ofMessage(nth, 'gender', '"other"', '"unknown"'));
    const other = ofMessage(4, 'gender', '"other"', '"male"');
    expect(toldDifferences([...gender, other])).toEqual([
      '3 × Patient gender: "other" → "unknown", such as message m1',
      '1 × Patient gender: "other" → "male", such as message m4',
    ]);
  });

  it('are one line for the ids of a type and what it refers to, each of which is another', () => {
    const ids = [1, 2].map((nth) => ofMessage(nth, 'id', `"a${nth}"`, `"b${nth}"`));
    const references = [0, 1].map((at) =>
      ofMessage(1, `location[${at}].location.reference`, `"Location/a${at}"`, `"Location/b${at}"`),
    );
    expect(toldDifferences([...ids, ...references])).toEqual([
      '4 × Patient with other ids and references, such as message m1',
    ]);
  });

  it('are of a document its sections, and of its stay the events', () => {
    expect(
      toldDifferences([
        { document: 'Composition/1', section: '48765-2', title: 'Allergies', change: 'added' },
        { document: 'Composition/2', section: '48765-2', title: 'Allergies', change: 'added' },
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
      '2 × section 48765-2 "Allergies" added, such as Composition/1',
      '1 × notice when discharged: recipient changed: origin → nobody, such as Composition/2',
    ]);
  });

  it('say that there is nothing before or after', () => {
    const { before: _, ...added } = ofMessage(1, 'name', '', '"Ada"');
    expect(toldDifferences([added])).toEqual(['1 × Patient name: nothing → "Ada", such as message m1']);
  });
});
