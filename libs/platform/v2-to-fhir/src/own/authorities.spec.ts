import { describe, expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { validate } from '#platform/fhir';
import { Mapper } from '../mapper.ts';
import type { MappedResource } from '../mapped.ts';

const mapper = new Mapper();

function map(...segments: string[]): readonly MappedResource[] {
  const { resources } = mapper.map(parseMessage(segments.join('\r')));
  for (const { type, content } of resources) expect(validate(type, content)).toEqual([]);
  return resources;
}

const contentOf = (resources: readonly MappedResource[], type: string) =>
  resources.find((resource) => resource.type === type)!.content;

const header = (type: string): string => `MSH|^~\\&|EHR|GH|||20260301080000-0500||${type}|M1|P|2.5.1`;
const pid = 'PID|1||77^^^GH^MR||Doe^Jane||19800102|F';

describe('numbers that are known everywhere', () => {
  const npi = 'http://hl7.org/fhir/sid/us-npi';
  const ssn = 'http://hl7.org/fhir/sid/us-ssn';
  const identifierOf = (type: string, ...segments: string[]): unknown =>
    contentOf(map(header('ADT^A01'), ...segments), type)['identifier'];
  const treatedBy = (who: string): unknown => identifierOf('Practitioner', pid, `PV1|1|I|||||${who}`);

  it.each([
    ['an authority of the name', '1^Roe^Ann^^^^^^NPI', npi],
    ['its universal id', '1^Roe^Ann^^^^^^&2.16.840.1.113883.4.6&ISO', npi],
    ['the type of the number, whoever passes it on', '1234567893^Roe^Ann^^^^^^CMS^^^^NPI', npi],
    [
      'no type alone, where the number is too short for it',
      '12^Roe^Ann^^^^^^GH^^^^NPI',
      'urn:septum:authority:GH',
    ],
    ['another authority', 'AB1234563^Roe^Ann^^^^^^DEA', 'urn:oid:2.16.840.1.113883.4.814'],
  ])('are of their system by %s', (_, who, system) => {
    expect(treatedBy(who)).toMatchObject([{ system }]);
  });

  it.each(['SSA', 'USSSA', '&2.16.840.1.113883.4.1&ISO'])(
    'are those of the patient too, by %s',
    (authority) => {
      expect(identifierOf('Patient', `PID|1||999^^^${authority}^SS||Doe^Jane`)).toMatchObject([
        { system: ssn },
      ]);
    },
  );

  it('are those of organizations too', () => {
    const facility = 'General^L^^^^CMS^NPI^^^1043269798';
    expect(identifierOf('Organization', pid, 'PV1|1|I', `PV2${'|'.repeat(23)}${facility}`)).toMatchObject([
      { system: npi, value: '1043269798' },
    ]);
  });

  it('are what a pack says, where it names the authority', () => {
    const own = new Mapper({ tables: { authorities: { NPI: 'https://gh.example/npi' } } });
    const { resources } = own.map(
      parseMessage([header('ADT^A01'), pid, 'PV1|1|I|||||1^Roe^^^^^^^NPI'].join('\r')),
    );
    expect(contentOf(resources, 'Practitioner')).toMatchObject({
      identifier: [{ system: 'https://gh.example/npi' }],
    });
  });
});
