// https://hl7.org/fhir/us/davinci-alerts/STU1.1/
import { fields, words } from '#platform/fhir';
import { bundleText, documentBase } from './bundle-text.ts';
import { messageSystem } from './communication.ts';
import type { WrittenResource } from './discharge-composition.ts';
import { byTime, institution, isValid, nameOf, treating, type DischargeFacts } from './discharge-facts.ts';
import { type Fact } from './fact.ts';
import { madeBy, type NoticeRule, type TransitionRules } from './transition-rules.ts';
import { humanName } from './wording.ts';

/** What is known of a stay when others are told of it. */
export type NoticeFacts = Pick<DischargeFacts, 'encounter' | 'patient' | 'others'>;

export interface NoticeMaking {
  readonly notice: NoticeRule;
  readonly rules: TransitionRules;
  /** Of the Bundle, of the MessageHeader, and a UUID: what the message is known by wherever it goes. */
  readonly ids: { readonly bundle: string; readonly header: string; readonly message: string };
  /** When that happened of which is told. */
  readonly time: string;
  /** Where the API is, `https://fhir.hospital.example/fhir/R4`; undefined while it is not known. */
  readonly ownBase: string | undefined;
}

const profiles = 'http://hl7.org/fhir/us/davinci-alerts/StructureDefinition';

/** The message that tells of an event, the same for all recipients: encounter, patient, who treats, who sends, why. */
export function noticeMessage(facts: NoticeFacts, making: NoticeMaking): WrittenResource {
  const { ids, time } = making;
  const others = facts.others.filter(isValid).toSorted(byTime);
  const parts = [facts.encounter, ...(facts.patient === undefined ? [] : [facts.patient]), ...others];
  const head = {
    resourceType: 'Bundle',
    id: ids.bundle,
    meta: { profile: [`${profiles}/notifications-bundle`] },
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${ids.message}` },
    type: 'message',
    timestamp: time,
  };
  const text = JSON.stringify(messageHeader({ ...facts, others }, making));
  const header = { type: 'MessageHeader', id: ids.header, text };
  return { type: 'Bundle', id: ids.bundle, text: bundleText(head, [header, ...parts], making.ownBase) };
}

function messageHeader(facts: NoticeFacts, { notice, rules, ids, ownBase }: NoticeMaking): object {
  const author = treating(facts).find(isProfessional);
  const sender = institution(facts);
  const kind = notice.message.slice('notification-'.length);
  return {
    resourceType: 'MessageHeader',
    id: ids.header,
    meta: {
      ...(author === undefined || sender === undefined
        ? {}
        : {
            profile: [
              `${profiles}/notifications-messageheader`,
              `${profiles}/${kind}-notification-messageheader`,
            ],
          }),
      ...madeBy(rules),
    },
    eventCoding: {
      system: messageSystem,
      code: notice.message,
    },
    ...(sender === undefined ? {} : { sender, responsible: sender }),
    ...(author === undefined ? {} : { author }),
    source: {
      name: nameOf(sender, facts) ?? 'Septum',
      software: 'Septum',
      endpoint: ownBase ?? documentBase,
    },
    reason: { text: notice.title },
    focus: [{ reference: `Encounter/${facts.encounter.id}` }],
  };
}

/** Relatives take part in encounters too. */
function isProfessional(reference: unknown): boolean {
  return /(^|\/)Practitioner(Role)?\//.test(words(fields(reference)['reference']) ?? '');
}

/** What a notice must tell at least and this one cannot, in words. 42 CFR 482.24(d)(2). */
export function lacking(facts: NoticeFacts): readonly string[] {
  const treated = treating(facts).map((reference) => personName(reference, facts.others));
  return [
    ...(humanName(facts.patient?.fields['name']) === undefined ? ['the name of the patient'] : []),
    ...(treated.some((name) => name !== undefined) ? [] : ['the name of the treating practitioner']),
    ...(nameOf(institution(facts), facts) === undefined ? ['the name of the sending institution'] : []),
  ];
}

/** A role has no name of its own, but its practitioner has. */
function personName(reference: unknown, others: readonly Fact[]): string | undefined {
  const { display, reference: target } = fields(reference);
  const found = others.find(({ type, id }) => `${type}/${id}` === target);
  if (words(display) !== undefined) return words(display);
  if (found?.type === 'PractitionerRole') return personName(found.fields['practitioner'], others);
  return humanName(found?.fields['name']);
}
