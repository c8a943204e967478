import { describe, expect, it } from '@jest/globals';
import { validate } from '#platform/fhir';
import { fact, type Fact } from './fact.ts';
import { lacking, noticeMessage, type NoticeFacts } from './notice-message.ts';
import { builtInRules } from './transition-rules.ts';

function facts(...resources: object[]): Fact[] {
  return resources.map((resource) => fact(JSON.stringify(resource)));
}

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const [encounter, patient] = facts(
  {
    resourceType: 'Encounter',
    id: 'e',
    status: 'in-progress',
    class: { system: actCode, code: 'IMP' },
    subject: { reference: 'Patient/p' },
    participant: [{ individual: { reference: 'PractitionerRole/ward' } }],
    serviceProvider: { reference: 'Organization/hospital' },
  },
  { resourceType: 'Patient', id: 'p', name: [{ family: 'Okafor' }] },
) as [Fact, Fact];
const others = facts(
  { resourceType: 'PractitionerRole', id: 'ward', practitioner: { reference: 'Practitioner/stern' } },
  { resourceType: 'Practitioner', id: 'stern', name: [{ family: 'Stern' }] },
  { resourceType: 'Organization', id: 'hospital', name: 'General Hospital' },
  { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/p' }, code: { text: 'Infarct' } },
  {
    resourceType: 'Condition',
    id: 'wrong',
    subject: { reference: 'Patient/p' },
    verificationStatus: { coding: [{ code: 'entered-in-error' }] },
  },
  {
    resourceType: 'Condition',
    id: 'ruled-out',
    subject: { reference: 'Patient/p' },
    verificationStatus: { coding: [{ code: 'refuted' }] },
  },
);
const making = {
  notice: builtInRules.notices.find(({ topic }) => topic === 'inpatient-admission')!,
  rules: builtInRules,
  ids: { bundle: 'b', header: 'h', message: '0b2c1d3e-4f50-8a61-9b72-8c83ad94be05' },
  time: '2026-03-02T08:00:00.000Z',
  ownBase: 'https://fhir.hospital.example/fhir/R4',
};

interface Message {
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Record<string, unknown> }[];
}

const made = (known: NoticeFacts = { encounter, patient, others }) => {
  const { text } = noticeMessage(known, making);
  return { text, message: JSON.parse(text) as Message & Record<string, unknown> };
};

describe('the message of a notice', () => {
  it('is a Da Vinci notification about the encounter, with all that it refers to', () => {
    const { message } = made();
    expect(validate('Bundle', message)).toEqual([]);
    expect(message).toMatchObject({
      type: 'message',
      identifier: { value: `urn:uuid:${making.ids.message}` },
      timestamp: making.time,
    });
    const [header, ...parts] = message.entry.map(({ resource }) => resource);
    expect(validate('MessageHeader', header!)).toEqual([]);
    expect(header).toMatchObject({
      meta: {
        profile: [
          'http://hl7.org/fhir/us/davinci-alerts/StructureDefinition/notifications-messageheader',
          'http://hl7.org/fhir/us/davinci-alerts/StructureDefinition/admit-notification-messageheader',
        ],
        tag: [{ system: 'https://septum.dev/fhir/CodeSystem/rule-pack', code: 'built-in|1' }],
      },
      eventCoding: {
        system: 'http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event',
        code: 'notification-admit',
      },
      sender: { reference: 'Organization/hospital' },
      author: { reference: 'PractitionerRole/ward' },
      source: { name: 'General Hospital', endpoint: making.ownBase },
      focus: [{ reference: 'Encounter/e' }],
    });
    const keys = parts.map(({ resourceType, id }) => `${String(resourceType)}/${String(id)}`);
    expect(keys.slice(0, 2)).toEqual(['Encounter/e', 'Patient/p']);
    expect(keys.slice(2).toSorted()).toEqual(
      ['Condition/c', 'Organization/hospital', 'Practitioner/stern', 'PractitionerRole/ward'].toSorted(),
    );
    for (const { fullUrl, resource } of message.entry)
      expect(fullUrl).toMatch(new RegExp(`/${String(resource['resourceType'])}/${String(resource['id'])}$`));
  });

  it('is the same, in whichever order the facts came', () => {
    expect(made({ encounter, patient, others: others.toReversed() }).text).toBe(made().text);
  });

  it('says what it lacks of what it must tell', () => {
    expect(lacking({ encounter, patient, others })).toEqual([]);
    const bare = facts({
      resourceType: 'Encounter',
      id: 'e9',
      status: 'in-progress',
      class: { code: 'IMP' },
    })[0]!;
    expect(lacking({ encounter: bare, patient: undefined, others: [] })).toEqual([
      'the name of the patient',
      'the name of the treating practitioner',
      'the name of the sending institution',
    ]);
    const { message } = made({ encounter: bare, patient: undefined, others: [] });
    expect(validate('Bundle', message)).toEqual([]);
    expect(message.entry[0]!.resource['meta']).not.toHaveProperty('profile');
  });

  it('has no relative as its author, though one takes part in the encounter', () => {
    const accompanied = facts({
      ...encounter.fields,
      participant: [
        { individual: { reference: 'RelatedPerson/mother' } },
        { individual: { reference: 'https://elsewhere.example/fhir/Practitioner/stern' } },
      ],
    })[0]!;
    const { message } = made({ encounter: accompanied, patient, others });
    expect(validate('Bundle', message)).toEqual([]);
    expect(message.entry[0]!.resource['author']).toEqual({
      reference: 'https://elsewhere.example/fhir/Practitioner/stern',
    });
  });

  it('takes who manages the place for the institution where the encounter names none', () => {
    const placed = facts({
      resourceType: 'Encounter',
      id: 'e8',
      status: 'in-progress',
      location: [{ location: { reference: 'Location/w' } }],
    })[0]!;
    const place = facts({
      resourceType: 'Location',
      id: 'w',
      managingOrganization: { reference: 'Organization/hospital' },
    });
    const { message } = made({ encounter: placed, patient, others: [...others, ...place] });
    expect(message.entry[0]!.resource['sender']).toEqual({ reference: 'Organization/hospital' });
  });
});
