import { describe, expect, it } from '@jest/globals';
import { bundleOf, standingOf } from './attached.ts';
import { timelineOf } from './timeline.ts';

const document = (content: Record<string, unknown>) => ({
  resourceType: 'DocumentReference',
  id: 'one',
  date: '2026-03-09T10:00:00Z',
  description: 'Discharge summary',
  status: 'current',
  ...content,
});

describe('what the console says of a document', () => {
  it.each([
    ['a good one', {}, ''],
    ['one that was withdrawn', { status: 'entered-in-error' }, 'Withdrawn: recorded in error'],
    ['one whose content was withdrawn', { docStatus: 'entered-in-error' }, 'Withdrawn: recorded in error'],
    ['one that another took the place of', { status: 'superseded' }, 'Replaced by a newer document'],
    ['one that is not finished', { docStatus: 'preliminary' }, 'Preliminary'],
  ])('%s', (_, content, said) => {
    expect(standingOf(document(content))).toBe(said);
    expect(timelineOf([document(content)])[0]?.detail).toBe(said || 'current');
  });

  it('leads to its Bundle, and nowhere when it has none', () => {
    const at = (url: string) => bundleOf(document({ content: [{ attachment: { url } }] }));
    expect([at('Bundle/b'), at('https://other.example/fhir/R4/Bundle/b'), at('Binary/b')]).toEqual([
      'b',
      'b',
      undefined,
    ]);
    expect(bundleOf(document({}))).toBeUndefined();
  });
});
