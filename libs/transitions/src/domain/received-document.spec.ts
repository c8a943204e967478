import { describe, expect, it } from '@jest/globals';
import { type Fields, all } from '#platform/fhir';
import { receivedBundle, type ReceivedBundle } from './received-bundle.ts';
import { receivedDocument, relatedIdentifiers, type EarlierDocument } from './received-document.ts';

const ids = { bundle: 'b', patient: 'p' };

function document(over: Fields = {}, timestamp = '2026-11-22T10:00:00Z'): ReceivedBundle {
  return bundleAt('urn:uuid:c', over, timestamp);
}

function bundleAt(fullUrl: string, over: Fields, timestamp = '2026-11-22T10:00:00Z'): ReceivedBundle {
  const composition = {
    resourceType: 'Composition',
    id: 'c',
    identifier: { system: 's', value: 'set' },
    status: 'final',
    type: { text: 'Summary' },
    date: '2026-11-20',
    ...over,
  };
  const bundle = { type: 'document', timestamp, entry: [{ fullUrl, resource: composition }] };
  return receivedBundle(bundle)!;
}

function earlier(creation: string, over: Fields = {}): EarlierDocument {
  return {
    id: 'e',
    version: 3,
    fields: {
      resourceType: 'DocumentReference',
      id: 'e',
      status: 'current',
      date: '2026-12-31T00:00:00Z',
      masterIdentifier: { system: 's', value: 'old' },
      identifier: [{ system: 's', value: 'set' }],
      content: [{ attachment: { creation } }],
      ...over,
    },
  };
}

describe('a document that came', () => {
  it('replaces the earlier one of its set, whenever that was sent', () => {
    const { reference, superseded } = receivedDocument('d', document(), ids, [earlier('2026-11-19')]);
    expect(reference).toMatchObject({
      status: 'current',
      relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/e' } }],
    });
    expect(superseded).toMatchObject([{ id: 'e', version: 3, fields: { status: 'superseded' } }]);
  });

  it('is not current when its successor is here already', () => {
    const { reference, superseded } = receivedDocument('d', document(), ids, [earlier('2026-11-21')]);
    expect([reference['status'], reference['relatesTo'], superseded]).toEqual(['superseded', undefined, []]);
  });

  it('replaces the one it names, whatever its time', () => {
    const relatesTo = [{ code: 'replaces', targetIdentifier: { system: 's', value: 'old' } }];
    const { reference } = receivedDocument('d', document({ relatesTo }), ids, [earlier('2026-11-21')]);
    expect([reference['status'], all(reference['relatesTo']).length]).toEqual(['current', 1]);
    expect(relatedIdentifiers(document({ relatesTo }))).toEqual([
      { system: 's', value: 'set' },
      { system: 's', value: 'old' },
    ]);
  });

  it('replaces the one whose Composition it refers to, as discharge summaries of Septum do', () => {
    const base = 'https://a.example/fhir';
    const relatesTo = [{ code: 'replaces', targetReference: { reference: 'Composition/c0' } }];
    const [before, after] = [
      bundleAt(`${base}/Composition/c0`, { identifier: undefined }),
      bundleAt(`${base}/Composition/c1`, { identifier: undefined, relatesTo }),
    ];
    const known = { ...earlier(''), fields: receivedDocument('e', before, ids, []).reference };
    expect(relatedIdentifiers(after)).toEqual([
      { system: 'urn:ietf:rfc:3986', value: `${base}/Composition/c0` },
    ]);
    expect(receivedDocument('d', after, ids, [known]).superseded).toMatchObject([{ id: 'e' }]);
  });

  it('leaves alone what was withdrawn before', () => {
    const { superseded } = receivedDocument('d', document(), ids, [
      earlier('2026-11-19', { status: 'entered-in-error' }),
    ]);
    expect(superseded).toEqual([]);
  });

  it('says when it was made only where that is an instant', () => {
    expect(receivedDocument('d', document({}, '2026-11-22'), ids, []).reference).not.toHaveProperty('date');
  });
});
