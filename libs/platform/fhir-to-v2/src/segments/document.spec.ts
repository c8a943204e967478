import { describe, expect, it } from '@jest/globals';
import { parseMessage, type Message } from '#platform/hl7v2';
import { encodeV2, type EncodedV2 } from '../encode-v2.ts';
import { bundleOf, stay, type Resource } from '../../test/stay.ts';

const loinc = (code: string, display: string) => ({
  coding: [{ system: 'http://loinc.org', code, display }],
});
const div = (content: string) => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${content}</div>`,
});

const composition: Resource = {
  resourceType: 'Composition',
  id: 'summary',
  status: 'final',
  type: loinc('18842-5', 'Discharge summary'),
  subject: { reference: 'Patient/mercer' },
  encounter: { reference: 'Encounter/stay' },
  date: '2026-11-22T10:00:00Z',
  author: [{ reference: 'Practitioner/attending' }, { reference: 'Organization/general' }],
  title: 'Discharge summary',
  confidentiality: 'R',
  text: div('<table><tr><th>Patient</th><td>Ada</td></tr></table>'),
  section: [
    {
      title: 'Medications',
      code: loinc('10183-2', 'Discharge medications'),
      text: div(
        '<table><tr><th>What</th><th>Dose</th></tr><tr><td>A &amp; B | C</td><td/></tr></table><p>Take&#160;care</p>',
      ),
      section: [
        { title: 'Stopped', code: loinc('10160-0', 'Medications'), text: div('<ul><li>D</li></ul>') },
      ],
    },
    {
      title: 'Allergies',
      code: loinc('48765-2', 'Allergies'),
      emptyReason: { coding: [{ code: 'unavailable', display: 'Unavailable' }] },
    },
  ],
};

function encode(
  over: Record<string, unknown> = {},
): EncodedV2 & { readonly message: Message; readonly bundle: string } {
  const bundle = bundleOf([{ ...composition, ...over }, ...stay], 'document');
  const around = { application: 'SEPTUM', facility: 'GENERAL' };
  const encoded = encodeV2({ bundle, sender: around, receiver: around, controlId: '1', at: 0 });
  return { ...encoded, message: parseMessage(encoded.text), bundle };
}

describe('a document', () => {
  const { message, bundle, event, leftOut } = encode();

  it('is MDM^T02 about its patient and visit', () => {
    expect(event).toBe('T02');
    expect([message.at('MSH-9.1'), message.at('MSH-9.2'), message.at('MSH-9.3')]).toEqual([
      'MDM',
      'T02',
      'MDM_T02',
    ]);
    expect([message.at('PID-3'), message.at('PV1-19')]).toEqual(['MRN-1', 'V-77']);
    expect(message.segments.map(({ name }) => name).join(' ')).toBe(
      'MSH EVN PID PV1 TXA OBX OBX OBX OBX OBX',
    );
  });

  it('has a header by which it is filed', () => {
    const txa = message.first('TXA');
    expect(txa?.field(2)[0]?.text).toBe('18842-5^Discharge summary^LN^DS^Discharge summary^HL70270');
    expect(txa?.value(5, 2)).toBe('Grey');
    expect([txa?.value(12, 1), txa?.value(12, 3), txa?.value(12, 4)]).toEqual([
      'urn:uuid:0b3c9f4e-6d2a-4a37-9a8e-1f7a5a3c2b10',
      'urn:ietf:rfc:3986',
      'URI',
    ]);
    expect([txa?.value(17), txa?.value(18), txa?.value(19)]).toEqual(['DO', 'R', 'AV']);
  });

  it('is read by people section by section', () => {
    const told = message.all('OBX').slice(0, -1);
    expect(told.map((obx) => [obx.value(2), obx.value(3), obx.value(5), obx.value(11)])).toEqual([
      ['FT', '18842-5', 'Discharge summary\nPatient; Ada', 'F'],
      ['FT', '10183-2', 'Medications\nWhat; Dose\nA & B | C; -\nTake care', 'F'],
      ['FT', '10160-0', 'Stopped\n- D', 'F'],
      ['FT', '48765-2', 'Allergies\nNo entries: Unavailable', 'F'],
    ]);
  });

  it('is there as a whole, byte for byte, so nothing is left out', () => {
    const obx = message.all('OBX').at(-1);
    expect([obx?.value(2), obx?.value(5, 1), obx?.value(5, 2), obx?.value(5, 3), obx?.value(5, 4)]).toEqual([
      'ED',
      'SEPTUM',
      'application',
      'fhir+json',
      'Base64',
    ]);
    expect(Buffer.from(obx?.value(5, 5) ?? '', 'base64').toString('utf8')).toBe(bundle);
    expect(leftOut).toEqual([]);
  });
});

describe('what a document is worth', () => {
  it.each([
    [{ status: 'preliminary' }, 'IP', 'P'],
    [{ status: 'amended' }, 'DO', 'C'],
    [{ attester: [{ mode: 'professional', party: { display: 'Dr. Grey' } }] }, 'AU', 'F'],
    [
      { attester: [{ mode: 'legal', time: '2026-11-22T11:00:00Z', party: { display: 'Dr. Grey' } }] },
      'LA',
      'F',
    ],
  ])('%j is %s', (over, completion, status) => {
    const { message } = encode(over);
    expect([message.at('TXA-17'), message.at('OBX-11')]).toEqual([completion, status]);
  });

  it('names what it replaces', () => {
    const relatesTo = [{ code: 'replaces', targetIdentifier: { system: 'urn:oid:1.2', value: 'old' } }];
    const { message } = encode({ relatesTo });
    expect(message.repetition('TXA-13')?.text).toBe('old^^1.2^ISO');
  });

  it('is not sent, when it was recorded in error', () => {
    expect(() => encode({ status: 'entered-in-error' })).toThrow(/in error/);
  });
});
