import { describe, expect, it } from '@jest/globals';
import { Fault } from '#platform/fhir';
import { parseMessage, type Message } from '#platform/hl7v2';
import { encodeV2, type EncodedV2, type V2Request } from './encode-v2.ts';
import type { V2Event } from './events.ts';
import { bundleOf, stay, type Resource } from '../test/stay.ts';

const around: Omit<V2Request, 'bundle'> = {
  sender: { application: 'SEPTUM', facility: 'GENERAL' },
  receiver: { application: 'EHR', facility: 'CLINIC' },
  controlId: 'MSG-1',
  at: Date.UTC(2026, 10, 22, 9, 30),
};

function encode(resources: readonly Resource[], event?: V2Event, type = 'collection'): EncodedV2 {
  return encodeV2({ ...around, bundle: bundleOf(resources, type), ...(event && { event }) });
}

function read(resources: readonly Resource[], event?: V2Event, type?: string): Message {
  return parseMessage(encode(resources, event, type).text);
}

const names = (message: Message): string[] => [...new Set(message.segments.map(({ name }) => name))];

/** What the standard requires of each segment. https://www.hl7.eu/HL7v2x/v251/std251/ch03.html */
const required: Readonly<Record<string, readonly number[]>> = {
  MSH: [1, 2, 7, 9, 10, 11, 12],
  EVN: [2],
  PID: [3, 5],
  NK1: [1],
  PV1: [2],
  AL1: [1, 3],
  DG1: [1, 6],
  IN1: [1, 2, 3],
  MRG: [1],
};

describe('an event', () => {
  const visit = ['MSH', 'EVN', 'PID', 'PD1', 'NK1', 'PV1', 'PV2', 'AL1', 'DG1', 'IN1'];

  it.each<[V2Event, string, string[]]>([
    ['A01', 'ADT_A01', visit],
    ['A02', 'ADT_A02', ['MSH', 'EVN', 'PID', 'PD1', 'PV1', 'PV2']],
    ['A03', 'ADT_A03', visit],
    ['A04', 'ADT_A01', visit],
    ['A08', 'ADT_A01', visit],
    ['A11', 'ADT_A09', ['MSH', 'EVN', 'PID', 'PD1', 'PV1', 'PV2', 'DG1']],
    ['A13', 'ADT_A01', visit],
    ['A28', 'ADT_A05', visit],
    ['A31', 'ADT_A05', visit],
    ['A40', 'ADT_A39', ['MSH', 'EVN', 'PID', 'PD1', 'MRG']],
  ])('%s has the segments of %s, each with what it requires', (event, structure, segments) => {
    const message = read(stay, event);
    expect(message.at('MSH-9.3')).toBe(structure);
    expect(message.at('EVN-1')).toBe(event);
    expect(names(message)).toEqual(segments);
    for (const segment of message.segments)
      for (const field of required[segment.name] ?? [])
        expect([segment.name, field, segment.presence(field)]).toEqual([segment.name, field, 'valued']);
  });

  const notification = (code: string): Resource[] => [
    {
      resourceType: 'MessageHeader',
      id: 'h',
      eventCoding: {
        system: 'http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event',
        code,
      },
      focus: [{ reference: 'Encounter/stay' }],
      source: { endpoint: 'https://general.example' },
    },
    ...stay,
  ];
  const ofClass = (code: string): Resource[] =>
    notification('notification-admit').map((resource) =>
      resource.resourceType === 'Encounter' ? { ...resource, class: { code } } : resource,
    );

  it.each([
    ['A01', ofClass('IMP')],
    ['A04', ofClass('EMER')],
    ['A04', ofClass('AMB')],
    ['A02', notification('notification-transfer')],
    ['A03', notification('notification-discharge')],
  ])('%s follows from a notification', (event, resources) => {
    expect(encode(resources, undefined, 'message').event).toBe(event);
  });

  it('that does not follow from the Bundle has to be named', () => {
    expect(() => encode(stay)).toThrow(/Name it/);
    expect(() => encode(notification('a-thing'), undefined, 'message')).toThrow(Fault);
  });
});

describe('the header', () => {
  it('says who sends what to whom, and when', () => {
    const message = read(stay, 'A01');
    expect(message.first('MSH')?.text).toBe(
      'MSH|^~\\&|SEPTUM|GENERAL|EHR|CLINIC|20261122093000+0000||ADT^A01^ADT_A01|MSG-1|P|2.5.1||||||UNICODE UTF-8',
    );
    expect(message.first('EVN')?.text).toBe('EVN|A01|20261122093000+0000||||20261118081500-0500|GENERAL');
  });

  it('is the same for the same request', () => {
    expect(encode(stay, 'A08')).toEqual(encode(stay, 'A08'));
  });
});

describe('a visit', () => {
  it('is over when it is, and not before', () => {
    const withEnd = stay.map((resource) =>
      resource.resourceType === 'Encounter'
        ? { ...resource, status: 'in-progress', period: { start: '2026-11-18', end: '2026-11-22' } }
        : resource,
    );
    expect(read(withEnd, 'A01').at('PV1-45')).toBeUndefined();
    expect(encode(withEnd, 'A01').leftOut).not.toContain('Encounter.status');
    expect(read(withEnd, 'A03').at('PV1-45')).toBe('20261122');
  });

  it('names where the patient is, and was before', () => {
    const message = read(stay, 'A02');
    expect(message.repetition('PV1-3')?.text).toBe('ICU^4^2^GENERAL^active^^^^ICU bed 2');
    expect(message.repetition('PV1-6')?.text).toBe('WARD7');
  });

  it('is not applicable to a message about the person', () => {
    const message = read([stay[0]!], 'A31');
    expect(message.first('PV1')?.text).toBe('PV1|1|N');
  });
});

describe('a merge', () => {
  it('has the survivor in PID and the other in MRG, whichever of them the link is at', () => {
    const message = read(stay, 'A40');
    expect([message.at('PID-3'), message.at('MRG-1'), message.at('MRG-7')]).toEqual([
      'MRN-1',
      'MRN-OLD',
      'Mercer',
    ]);
  });

  it('needs both', () => {
    expect(() => encode([stay[0]!], 'A40')).toThrow(/both patients/);
  });
});

describe('what is left out', () => {
  it('is told by its path, and never by its value', () => {
    const { leftOut } = encode(stay, 'A01');
    expect(leftOut).toContain('Patient[0].photo');
    expect(leftOut).toContain('AllergyIntolerance[1]');
    expect(leftOut).toContain('Procedure');
    expect(leftOut.join(' ')).not.toMatch(/Mercer|MRN|Appendectomy/);
  });

  it('is nothing, where all is said', () => {
    const patient = {
      resourceType: 'Patient',
      id: 'p',
      meta: { versionId: '3', lastUpdated: '2026-11-22T00:00:00Z' },
      text: { status: 'generated', div: '<div/>' },
      identifier: [{ system: 'urn:oid:1.2.3', value: '1' }],
      name: [{ family: 'Mercer' }],
      gender: 'female',
    };
    expect(encode([patient], 'A31').leftOut).toEqual([]);
  });

  it('is who takes part and is no person', () => {
    const encounter = {
      resourceType: 'Encounter',
      id: 'stay',
      class: { code: 'IMP' },
      subject: { reference: 'Patient/mercer' },
      participant: [{ individual: { reference: 'Organization/general' } }],
    };
    const general = { resourceType: 'Organization', id: 'general', name: 'General Hospital' };
    expect(encode([stay[0]!, encounter, general], 'A01').leftOut).toContain('Organization');
    expect(encode([stay[0]!, encounter, general], 'A01').leftOut).toContain(
      'Encounter.participant.individual',
    );
  });

  it('are security labels too', () => {
    const patient = {
      resourceType: 'Patient',
      id: 'p',
      meta: { security: [{ code: 'R' }] },
      name: [{ family: 'A' }],
    };
    expect(encode([patient], 'A31').leftOut).toEqual(['Patient.meta.security']);
  });

  it('is an allergy that is over or refuted: AL1 would say that the patient has it', () => {
    const message = read(stay, 'A01');
    expect(message.all('AL1').map((segment) => segment.value(3, 2))).toEqual(['Penicillin']);
  });
});

describe('a Bundle that is none, or about nobody,', () => {
  it.each([
    ['malformed', 'no JSON'],
    ['malformed', '{"resourceType":"Patient"}'],
    ['invalid', '{"resourceType":"Bundle","type":"collection"}'],
  ])('is refused as %s', (kind, bundle) => {
    expect(() => encodeV2({ ...around, bundle, event: 'A01' })).toThrow(
      expect.objectContaining({ kind }) as unknown as Error,
    );
  });
});
