import { describe, expect, it } from '@jest/globals';
import type { Fields } from '#platform/fhir';
import { parseMessage } from '#platform/hl7v2';
import { Mapper } from '#platform/v2-to-fhir';
import {
  foreignPatient,
  newPatient,
  newPatientId,
  patientIdentifiers,
  receivedBundle,
} from './received-bundle.ts';
import { receivedNotice } from './received-notice.ts';

const header = (over: Fields = {}): Fields => ({
  resourceType: 'MessageHeader',
  id: 'm1',
  eventCoding: { code: 'notification-discharge' },
  source: { endpoint: 'https://a.example' },
  ...over,
});

function message(first: Fields, over: Fields = {}): Fields {
  return { type: 'message', entry: [{ fullUrl: 'urn:uuid:h', resource: first }], ...over };
}

describe('a Bundle that came', () => {
  it.each([
    ['notice', message(header())],
    ['document', { type: 'document', entry: [{ resource: { resourceType: 'Composition' } }] }],
    [undefined, message(header({ eventCoding: { code: 'other' } }))],
    [undefined, { type: 'document', entry: [{ resource: { resourceType: 'Patient' } }] }],
    [undefined, { type: 'collection', entry: [] }],
  ])('is a %s', (kind, bundle) => {
    expect(receivedBundle(bundle)?.kind).toBe(kind);
  });

  it('is known by its identifier, else by the id of its header and where that comes from', () => {
    const keys = [
      message(header(), { identifier: { system: 's', value: 'v' } }),
      message(header()),
      message(header({ source: { endpoint: 'https://b.example' } })),
      message({ ...header(), id: undefined }),
    ].map((bundle) => receivedBundle(bundle)?.key);
    expect(keys).toEqual([
      ['s', 'v'],
      ['https://a.example', 'm1'],
      ['https://b.example', 'm1'],
      ['https://a.example', 'urn:uuid:h'],
    ]);
  });

  it('may name its patient by an identifier alone', () => {
    const subject = { identifier: { system: 's', value: '1' }, display: 'Fay' };
    const document = { type: 'document', entry: [{ resource: { resourceType: 'Composition', subject } }] };
    expect(foreignPatient(receivedBundle(document)!)).toEqual({
      identifier: [{ system: 's', value: '1' }],
      name: [{ text: 'Fay' }],
    });
  });
});

describe('a notice on the record', () => {
  it('says what it knows, and nothing more', () => {
    const ids = { bundle: 'b', patient: 'p' };
    const notice = receivedBundle(message(header({ source: { name: 'Elsewhere', endpoint: 'x:y' } })))!;
    expect(receivedNotice('n', notice, ids, 0)).toMatchObject({
      received: '1970-01-01T00:00:00.000Z',
      sender: { display: 'Elsewhere' },
      payload: [{ contentString: 'Discharged.' }],
    });
  });

  it('names who treated once, whatever their parts were', () => {
    const individual = { display: 'Dr Simon Boyd' };
    const encounter = { resourceType: 'Encounter', id: 'e', participant: [{ individual }, { individual }] };
    const first = header({ focus: [{ reference: 'Encounter/e' }] });
    const entry = [
      { fullUrl: 'https://a.example/MessageHeader/m1', resource: first },
      { fullUrl: 'https://a.example/Encounter/e', resource: encounter },
    ];
    const notice = receivedBundle({ type: 'message', entry })!;
    expect(receivedNotice('n', notice, { bundle: 'b', patient: 'p' }, 0)).toMatchObject({
      payload: [{ contentString: 'Discharged: treated by Dr Simon Boyd.' }],
    });
  });
});

describe('a patient whom nobody knew', () => {
  const one = { system: 'a', value: '1' };
  const other = { system: 'b', value: '2' };

  it('has an id that follows from what it is known by, in whatever order', () => {
    const idOf = (...identifier: Fields[]) => newPatientId(patientIdentifiers({ identifier }));
    expect(idOf(one, other)).toBe(idOf(other, one));
    expect(idOf({ value: '1' })).toBeUndefined();
  });

  it('has the id that a message of HL7 v2 gives, by the same number of several', () => {
    const numbers = '4711^^^&1.2.840.99&ISO^MR~999^^^&1.2.840.11&ISO^SS';
    const text = `MSH|^~\\&|ADT|GH|||20260301||ADT^A28^ADT_A05|1|P|2.5.1\rPID|1||${numbers}||Doe^Jane`;
    const { resources } = new Mapper().map(parseMessage(text));
    const { id, content } = resources.find(({ type }) => type === 'Patient')!;
    expect(newPatientId(patientIdentifiers(content))).toBe(id);
  });

  it('leaves behind what leads elsewhere', () => {
    const patient = {
      identifier: [{ ...one, assigner: { reference: 'Organization/theirs' } }],
      gender: 'female',
      generalPractitioner: [{ reference: 'Practitioner/theirs' }],
      link: [{ other: { reference: 'Patient/theirs' } }],
    };
    expect(newPatient('x', patient)).toEqual({
      resourceType: 'Patient',
      id: 'x',
      identifier: [one],
      gender: 'female',
    });
  });
});
