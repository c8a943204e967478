import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { sliceBundle } from './bundle-slices.ts';
import { Fault } from './fault.ts';

function kindOf(text: string): string {
  try {
    sliceBundle(text);
    return 'none';
  } catch (error) {
    return error instanceof Fault ? error.kind : String(error);
  }
}

describe('sliceBundle', () => {
  it('cuts the entries and leaves the resources as text', () => {
    const resource =
      '{ "resourceType": "Patient", "id":"p", "multipleBirthInteger": 1, "x": {"resourceType":"y"} }';
    const text = `{"resourceType":"Bundle","id":"b","type":"transaction","entry":[
      {"fullUrl":"urn:uuid:1","resource":${resource},"request":{"method":"PUT","url":"Patient/p","ifMatch":"W/\\"1\\"","ifNoneExist":"a=b"}},
      {"request":{"method":"DELETE","url":"Patient/q"}}, {"resource":{"id":"z"}}]}`;
    expect(sliceBundle(text)).toEqual({
      type: 'transaction',
      id: 'b',
      entries: [
        {
          fullUrl: 'urn:uuid:1',
          resource: { type: 'Patient', id: 'p', text: resource },
          request: { method: 'PUT', url: 'Patient/p', ifMatch: 'W/"1"', ifNoneExist: 'a=b' },
        },
        { request: { method: 'DELETE', url: 'Patient/q' } },
        { resource: { id: 'z', text: '{"id":"z"}' } },
      ],
    });
  });

  it('takes a Bundle without entries', () => {
    expect(sliceBundle('{"resourceType":"Bundle","type":"batch"}')).toEqual({ type: 'batch', entries: [] });
    expect(sliceBundle('{"resourceType":"Bundle","entry":[]}')).toEqual({ type: '', entries: [] });
  });

  it.each([
    '',
    '[]',
    '{}',
    '{"resourceType":"Patient"}',
    '{"__proto__":{"resourceType":"Bundle","type":"batch"}}',
    '{"resourceType":"Bundle"',
    '{"resourceType":"Bundle"} x',
    '{"resourceType":"Bundle","total":tru}',
    '{"resourceType":"Bundle","entry":{}}',
    '{"resourceType":"Bundle","entry":[1]}',
    '{"resourceType":"Bundle","entry":[{"resource":[]}]}',
    '{"resourceType":"Bundle","entry":[{}',
    '{"resourceType":"Bundle","entry":[{} {}]}',
    '{"resourceType":"Bundle","entry":[{},]}',
    '{"resourceType":"Bundle","entry":[{"request":{"method":"GET"}}]}',
    '{"resourceType":"Bundle","entry":[{"request":{"method":"GET","url":x}}]}',
    '{"resourceType":"Bundle","entry":[{"fullUrl":"a","fullUrl":"b"}]}',
    `{"resourceType":"Bundle","entry":[{"resource":{"a":${'['.repeat(65)}${']'.repeat(65)}}}]}`,
    `{"resourceType":"Bundle","link":${'['.repeat(100_000)}`,
  ])('refuses %.80j as malformed', (text) => {
    expect(kindOf(text)).toBe('malformed');
  });

  it('takes 10,000 entries and no more', () => {
    const of = (count: number): string =>
      `{"resourceType":"Bundle","entry":[${Array<string>(count).fill('{}').join(',')}]}`;
    expect(sliceBundle(of(10_000)).entries).toHaveLength(10_000);
    expect(kindOf(of(10_001))).toBe('too-large');
  });

  it('takes 64 MB and no more', () => {
    expect(kindOf(`{"resourceType":"Bundle","id":"${'x'.repeat(64 * 1024 * 1024)}"}`)).toBe('too-large');
  });

  it('needs time in proportion to the length, also for hostile text', () => {
    const seconds = (text: string): number => {
      const start = process.cpuUsage();
      kindOf(text);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1e6;
    };
    const megabytes = 16 * 1024 * 1024;
    expect(seconds(`{"resourceType":"Bundle","id":"${'\\\\'.repeat(megabytes / 2)}"}`)).toBeLessThan(15);
    expect(seconds(`{"resourceType":"Bundle","id":"${'\\"'.repeat(megabytes / 2)}`)).toBeLessThan(15);
    expect(seconds(`{"resourceType":"Bundle","link":[${'{},'.repeat(megabytes / 3)}`)).toBeLessThan(15);
    expect(
      seconds(
        `{"resourceType":"Bundle",${Array.from({ length: 200_000 }, (_, index) => `"${index}":1`).join(',')}}`,
      ),
    ).toBeLessThan(15);
  });

  it('cuts what JSON.parse finds, for any entries', () => {
    const entries = fc.array(
      fc.record({ fullUrl: fc.string(), resource: fc.dictionary(fc.string(), fc.jsonValue()) }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(entries, fc.constantFrom(undefined, 1, '\t'), (entry, indent) => {
        // A resource's own type and id are read out of it, so here they are absent.
        const bundle = { resourceType: 'Bundle', type: 'batch', entry, link: entry };
        const sliced = sliceBundle(JSON.stringify(bundle, undefined, indent)).entries;
        const parsed = (JSON.parse(JSON.stringify(bundle)) as typeof bundle).entry;
        expect(sliced.map(({ fullUrl }) => fullUrl)).toEqual(parsed.map(({ fullUrl }) => fullUrl));
        expect(sliced.map(({ resource }) => JSON.parse(resource!.text) as unknown)).toEqual(
          parsed.map(({ resource }) => resource),
        );
      }),
    );
  });
});
