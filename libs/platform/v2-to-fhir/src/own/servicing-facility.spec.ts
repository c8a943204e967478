import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { validate } from '#platform/fhir';
import { Mapper } from '../mapper.ts';
import type { MappedResource } from '../mapped.ts';
import { merge } from '../merge.ts';

const mapper = new Mapper();

function map(...segments: string[]): readonly MappedResource[] {
  const { resources } = mapper.map(parseMessage(segments.join('\r')));
  for (const { type, content } of resources) expect(validate(type, content)).toEqual([]);
  return resources;
}

const header = (type: string): string => `MSH|^~\\&|EHR|GH|||20260301080000-0500||${type}|M1|P|2.5.1`;
const pid = 'PID|1||77^^^GH^MR||Doe^Jane||19800102|F';

describe('whose stay it is', () => {
  const visitAt = (facility = ''): string =>
    `PV1|1|I|W1^1^A^GH${'|'.repeat(16)}V1^^^GH${'|'.repeat(20)}${facility}`;
  const clinic = `PV2${'|'.repeat(23)}Heart Clinic^^^^^^^^^HC`;
  const stay = (...segments: string[]) => {
    const mapped = map(...segments);
    const encounter = mapped.find(({ type }) => type === 'Encounter')!;
    const { reference } = (encounter.content['serviceProvider'] ?? {}) as { reference?: string };
    const provider = mapped.find(({ type, id }) => `${type}/${id}` === reference);
    return { encounter, provider, mapped };
  };

  it('says PV2-23, else PV1-39, else, of a message about the stay itself, MSH-4', () => {
    const said = (visit: string, ...more: string[]) =>
      stay(header('ADT^A01'), pid, visit, ...more).provider?.content;
    expect(said(visitAt('NORTH^North Hospital'), clinic)).toMatchObject({ name: 'Heart Clinic' });
    expect(said(visitAt('NORTH^North Hospital'), 'PV2||||Fall')).toMatchObject({
      name: 'North Hospital',
      identifier: [{ value: 'NORTH' }],
    });
    expect(said(visitAt('NORTH'))).toMatchObject({ name: 'NORTH', identifier: [{ value: 'NORTH' }] });
    expect(said(visitAt())).toMatchObject({ name: 'GH', identifier: [{ value: 'GH' }] });
  });

  it('is one Organization for one facility, whichever message and field names it', () => {
    const ids = [
      stay(header('ADT^A01'), pid, visitAt()),
      stay(header('ADT^A03'), 'PID|1||78^^^GH^MR||Roe^Jim', visitAt()),
      stay(header('ADT^A01'), pid, visitAt('GH')),
    ].map(({ provider }) => provider?.id);
    expect(new Set(ids).size).toBe(1);
    const about = new Mapper({ aboutTheMessage: true }).map(
      parseMessage([header('ADT^A01'), pid, visitAt()].join('\r')),
    );
    expect(about.resources.filter(({ type }) => type === 'Organization').map(({ id }) => id)).toEqual([
      ids[0],
    ]);
  });

  it('yields to what is known, where only MSH-4 says so; and so does a name that is a code', () => {
    const { encounter, provider } = stay(header('ADT^A01'), pid, visitAt());
    const known = {
      resourceType: 'Encounter',
      id: encounter.id,
      serviceProvider: { reference: 'Organization/x' },
    };
    expect(merge(known, encounter)).toMatchObject(known);
    const named = { resourceType: 'Organization', id: provider!.id, name: 'General Hospital' };
    expect(merge(named, provider!)).toMatchObject(named);
    const stated = stay(header('ADT^A01'), pid, visitAt('NORTH')).encounter;
    expect(merge(known, stated)).toMatchObject({ serviceProvider: stated.content['serviceProvider'] });
  });

  it('tells nobody who reports or orders, and makes no stay of a visit that says nothing', () => {
    const report = stay(header('ORU^R01'), pid, visitAt(), 'OBR|1|O1^GH|F1^LAB|24331-1^Lipids^LN');
    expect(report.encounter.content['serviceProvider']).toBeUndefined();
    expect(map(header('ADT^A31'), pid, 'PV1|1').map(({ type }) => type)).toEqual(['Patient']);
  });

  it('has the universal id of a facility, which is its name where it has no other', () => {
    const sentBy = (facility: string) =>
      stay(header('ADT^A01').replace('|GH|', `|${facility}|`), pid, visitAt()).provider?.content;
    expect(sentBy('GH^1.2.3.4.5.6^ISO')).toMatchObject({
      name: 'GH',
      identifier: [{ value: 'GH' }, { system: 'urn:ietf:rfc:3986', value: '1.2.3.4.5.6' }],
    });
    expect(sentBy('^gh.example^DNS')).toMatchObject({ name: 'gh.example' });
  });
});
