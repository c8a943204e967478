import { describe, expect, it } from '@jest/globals';
import { sectionDifferences } from './section-differences.ts';

const section = (code: string, more: object = {}) => ({
  title: code,
  code: { coding: [{ code }] },
  text: { div: `<div>${code}</div>` },
  ...more,
});
const document = (...sections: object[]) => ({ title: 'Summary', section: sections });

describe('the differences of two documents', () => {
  it('are none where nothing differs but who made them', () => {
    const one = document(section('1'), section('2'));
    expect(sectionDifferences({ ...one, meta: { tag: [{ code: 'a|1' }] } }, one)).toEqual([]);
  });

  it('are sections that are added, removed or moved', () => {
    expect(
      sectionDifferences(document(section('1'), section('2')), document(section('2'), section('3'))),
    ).toEqual([
      { section: '1', title: '1', change: 'removed' },
      { section: '3', title: '3', change: 'added' },
    ]);
    expect(
      sectionDifferences(document(section('1'), section('2')), document(section('2'), section('1'))),
    ).toEqual([
      { section: '1', title: '1', change: 'moved' },
      { section: '2', title: '2', change: 'moved' },
    ]);
  });

  it('are titles in words, entries in numbers, and of texts only that they differ', () => {
    const before = section('1', { entry: [{ reference: 'Condition/1' }] });
    const after = section('1', {
      title: 'One',
      entry: [{ reference: 'Condition/2' }],
      text: { div: 'Secret' },
    });
    const found = sectionDifferences(document(before), { ...document(after), title: 'Other' });
    expect(found).toEqual([
      { section: 'document', change: 'changed', element: 'title', before: 'Summary', after: 'Other' },
      { section: '1', title: 'One', change: 'changed', element: 'title', before: '1', after: 'One' },
      { section: '1', title: 'One', change: 'changed', element: 'entry', before: '1', after: '1' },
      { section: '1', title: 'One', change: 'changed', element: 'text' },
    ]);
    expect(JSON.stringify(found)).not.toContain('Secret');
  });
});
