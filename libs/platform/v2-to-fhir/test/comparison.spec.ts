import { describe, expect, it } from '@jest/globals';
import { compareResources, type Resource } from './comparison.ts';

const patient: Resource = {
  resourceType: 'Patient',
  id: 'theirs',
  identifier: [
    { system: 'urn:a', value: '1', period: { start: '2026-01-01' } },
    { system: 'urn:a', value: '2' },
  ],
  contact: [{ name: { family: 'Doe' } }, { name: { family: 'Roe', given: ['Ann', 'B'] } }],
  deceasedDateTime: '2026-01-01T01:00:00+01:00',
};

const copy = (changes: Record<string, unknown>): Resource => ({ ...structuredClone(patient), ...changes });
const missed = (found: Resource): string[] =>
  compareResources([patient], [found]).misses.map(({ path, expected }) => `${path} ${expected}`);

describe('compareResources', () => {
  it('finds nothing amiss in another order, another id and another way to write an instant', () => {
    const other = copy({
      id: 'ours',
      identifier: patient['identifier'],
      contact: (patient['contact'] as unknown[]).toReversed(),
      deceasedDateTime: '2026-01-01T00:00:00Z',
    });
    expect(missed(other)).toEqual([]);
    expect(compareResources([patient], [other])).toMatchObject({ equal: 10, total: 10 });
  });

  it.each([
    ['an item that is gone and a part of another', { identifier: [{ system: 'urn:a', value: '1' }] }, 3],
    [
      'values that have changed places',
      {
        identifier: [
          { system: 'urn:a', value: '2', period: { start: '2026-01-01' } },
          { system: 'urn:a', value: '1' },
        ],
      },
      2,
    ],
    [
      'parts that have moved to another item',
      { contact: [{ name: { family: 'Doe', given: ['Ann', 'B'] } }, { name: { family: 'Roe' } }] },
      2,
    ],
    ['an instant an hour off', { deceasedDateTime: '2026-01-01T01:00:00Z' }, 1],
    ['an element that is gone', { contact: undefined }, 4],
    ['another type', { resourceType: 'Person' }, 10],
  ])('sees %s', (_, changes, count) => {
    expect(missed(copy(changes))).toHaveLength(count);
  });

  it('lets one item answer for one only', () => {
    expect(missed(copy({ contact: [{ name: { family: 'Roe', given: ['Ann', 'B'] } }] }))).toEqual([
      'Patient.contact.name.family Doe',
    ]);
  });

  it('takes of two that have as much in common the one that is called alike', () => {
    const place = (name: string, code: string): Resource => ({ resourceType: 'Location', name, code });
    const { misses } = compareResources([place('Ward', 'lvl')], [place('Floor', 'lvl'), place('Ward', 'wa')]);
    expect(misses).toEqual([{ path: 'Location.code', expected: 'lvl', found: 'wa' }]);
  });
});
