import { describe, expect, it } from '@jest/globals';
import { entryTarget } from './entry-target.ts';

const base = 'http://here/fhir/R4';
const plain = (url: string) => {
  const { query, ...rest } = entryTarget(url, base);
  return { ...rest, query: query.toString() };
};

describe('where an entry leads', () => {
  it.each([
    ['Patient', { type: 'Patient', isHistory: false, query: '' }],
    ['/Patient/1', { type: 'Patient', id: '1', isHistory: false, query: '' }],
    [`${base}/Patient/1`, { type: 'Patient', id: '1', isHistory: false, query: '' }],
    ['Patient/1/_history', { type: 'Patient', id: '1', isHistory: true, query: '' }],
    ['Patient/1/_history/2', { type: 'Patient', id: '1', version: '2', isHistory: true, query: '' }],
    ['Patient?name=a', { type: 'Patient', isHistory: false, query: 'name=a' }],
    [
      'Patient/1/$everything?_count=2',
      { type: 'Patient', id: '1', operation: 'everything', isHistory: false, query: '_count=2' },
    ],
    ['$export', { operation: 'export', isHistory: false, query: '' }],
  ])('%s', (url, expected) => {
    expect(plain(url)).toEqual(expected);
  });

  it.each([
    '',
    'http://elsewhere/fhir/R4/Patient/1',
    'Patient/1/2',
    'Patient/../1',
    'Patient/%2e',
    'Patient/1/_history/2/3',
    'Patient//1',
  ])('%j is refused', (url) => {
    expect(() => plain(url)).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });
});
