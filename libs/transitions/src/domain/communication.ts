import { all, type Fields, fields, memberTexts, objectText, words } from '#platform/fhir';
import type { SettleCommunication } from '../contract/communications.ts';
import type { WrittenResource } from './discharge-composition.ts';
import { fact, hasCode, type Fact } from './fact.ts';
import type { Addressee } from './recipients.ts';
import { madeBy, type EncounterStep, type TransitionRules } from './transition-rules.ts';

/**
 * What is told to one addressee, or why it is not: the record of it, from the moment it became due.
 * https://hl7.org/fhir/R4/communication.html
 */
export interface Telling {
  readonly id: string;
  readonly category: 'notification' | 'document';
  /** Which event of the encounter it follows from. */
  readonly step: EncounterStep;
  readonly topic: string;
  readonly title: string;
  /** A code of http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event. */
  readonly message: string;
  readonly rules: TransitionRules;
  readonly encounter: Fact;
  /** `Patient/<id>`. */
  readonly patient: string | undefined;
  /** When that happened of which is told, in milliseconds since the epoch. */
  readonly occurredAt: number;
  /** The Bundle that is told, and what else it is about; absent when it is told to nobody. */
  readonly bundle: string | undefined;
  readonly about?: string;
  /** Absent when there is nobody to tell. */
  readonly addressee: Addressee | undefined;
  readonly hindrance: Hindrance | undefined;
  /** What the content lacks that it should have, in words. */
  readonly lacks: readonly string[];
}

const hl7Reasons = 'http://terminology.hl7.org/CodeSystem/communication-not-done-reason';
const ownReasons = 'https://septum.dev/fhir/CodeSystem/communication-not-done-reason';

/** Why somebody is not told, for people and by code. */
export const hindrances = {
  objection: { system: hl7Reasons, code: 'patient-objection', says: 'The patient objects to it.' },
  'no-endpoint': {
    system: ownReasons,
    code: 'no-endpoint',
    says: 'The directory has no active Endpoint of the recipient, or of an organization the recipient works for, that takes what is told.',
  },
  'no-recipient': {
    system: ownReasons,
    code: 'no-recipient',
    says: 'Nobody is known who would have to be told: no primary care practitioner or practice, no care team, no post-acute provider.',
  },
  'no-patient': {
    system: ownReasons,
    code: 'no-patient',
    says: 'The encounter names no patient of this installation, so nobody is known who would have to be told.',
  },
  'called-off': {
    system: ownReasons,
    code: 'called-off',
    says: 'What was to be told of was called off before it was told.',
  },
} as const;

export type Hindrance = keyof typeof hindrances;

const extensionBase = 'https://septum.dev/fhir/StructureDefinition/communication';
export const extensions = {
  occurred: `${extensionBase}-occurred`,
  step: `${extensionBase}-step`,
  endpoint: `${extensionBase}-endpoint`,
  attempts: `${extensionBase}-attempts`,
  proof: `${extensionBase}-proof`,
} as const;

export const topicSystem = 'https://septum.dev/fhir/CodeSystem/notice-topic';
export const messageSystem = 'http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event';

const categories = {
  notification: {
    system: 'http://terminology.hl7.org/CodeSystem/communication-category',
    code: 'notification',
  },
  document: { system: 'https://septum.dev/fhir/CodeSystem/communication-category', code: 'document' },
};

export function communicationOf(telling: Telling): WrittenResource {
  const { id, category, step, topic, title, message, rules, encounter, patient, occurredAt } = telling;
  const { bundle, about, addressee, hindrance, lacks } = telling;
  const { serviceProvider } = encounter.fields;
  const note = lacks.map((each) => ({ text: `What is told lacks ${each}, which is not recorded.` }));
  const communication = {
    resourceType: 'Communication',
    id,
    meta: madeBy(rules),
    extension: [
      { url: extensions.occurred, valueInstant: new Date(occurredAt).toISOString() },
      { url: extensions.step, valueCode: step },
      ...(addressee?.endpoint === undefined
        ? []
        : [{ url: extensions.endpoint, valueReference: { reference: `Endpoint/${addressee.endpoint}` } }]),
    ],
    status: hindrance === undefined ? 'in-progress' : 'not-done',
    ...(hindrance === undefined ? {} : { statusReason: reasonOf(hindrance) }),
    category: [{ coding: [categories[category]] }],
    ...(patient === undefined ? {} : { subject: { reference: patient } }),
    topic: { coding: [{ system: topicSystem, code: topic }], text: title },
    ...(about === undefined ? {} : { about: [{ reference: about }] }),
    encounter: { reference: `Encounter/${encounter.id}` },
    ...(addressee === undefined ? {} : { recipient: addressee.recipients }),
    ...(isOrganization(serviceProvider) ? { sender: serviceProvider } : {}),
    reasonCode: [{ coding: [{ system: messageSystem, code: message }] }],
    ...(bundle === undefined ? {} : { payload: [{ contentReference: { reference: `Bundle/${bundle}` } }] }),
    ...(note.length === 0 ? {} : { note }),
  };
  return { type: 'Communication', id, text: JSON.stringify(communication) };
}

/** Whether it may be told still: it is under way, or was given up and may be sent again. */
export function mayBeTold({ status }: Fields): boolean {
  return status === 'in-progress' || status === 'stopped';
}

function reasonOf(hindrance: Hindrance): object {
  const { system, code, says } = hindrances[hindrance];
  return { coding: [{ system, code }], text: says };
}

function isOrganization(reference: unknown): boolean {
  return words(fields(reference)['reference'])?.includes('Organization/') === true;
}

/** The Communication as it is when there is nothing to tell any more; undefined when it was told, or never was to be. */
export function calledOff(text: string): WrittenResource | undefined {
  if (!mayBeTold(fact(text).fields)) return undefined;
  return changed(text, { status: 'not-done', statusReason: reasonOf('called-off') });
}

/**
 * The Communication as it is once telling it has ended; undefined when that was said before. That it was told outweighs
 * whatever was said of it: it may have been on its way when it was called off, or given up.
 */
export function settled(text: string, settlement: Settlement): WrittenResource | undefined {
  const { status, extension } = fact(text).fields;
  const { outcome, at, attempts, proof, reason } = settlement;
  const isOpen = status === 'in-progress' || (outcome === 'completed' && status !== 'completed');
  if (!isOpen) return undefined;
  const kept = all(extension).filter(({ url }) => url !== extensions.attempts && url !== extensions.proof);
  const statusReason = outcome === 'stopped' ? { text: reason ?? 'Telling it was given up.' } : undefined;
  return changed(text, {
    status: outcome,
    statusReason,
    ...(outcome === 'completed' ? { sent: at } : {}),
    extension: [
      ...kept,
      ...(attempts === 0 ? [] : [{ url: extensions.attempts, valuePositiveInt: attempts }]),
      { url: extensions.proof, valueString: proof },
    ],
  });
}

export type Settlement = Omit<SettleCommunication, 'communication'>;

/** With members replaced or, where `undefined`, taken out; all else as it is written. */
function changed(text: string, members: Readonly<Record<string, unknown>>): WrittenResource {
  const texts = memberTexts(text);
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) texts.delete(name);
    else texts.set(name, JSON.stringify(value));
  }
  const { type, id } = fact(text);
  return { type, id, text: objectText(texts) };
}

/** The value of one of our extensions, whatever its type. */
export function extensionOf(communication: Fields, url: string): unknown {
  const found = all(communication['extension']).find((each) => each['url'] === url) ?? {};
  return Object.entries(found).find(([name]) => name.startsWith('value'))?.[1];
}

export function topicOf(communication: Fields): string | undefined {
  const coding = all(fields(communication['topic'])['coding']).find(({ system }) => system === topicSystem);
  return words(coding?.['code']);
}

/** Whether it tells of an event, as opposed to one that brings a document. */
export function isNotice(communication: Fields): boolean {
  return all(communication['category']).some((category) => hasCode(category, categories.notification.code));
}

/** The id of the Bundle that is told. */
export function contentOf(communication: Fields): string | undefined {
  const [payload] = all(communication['payload']);
  const reference = words(fields(payload?.['contentReference'])['reference']);
  return reference?.startsWith('Bundle/') === true ? reference.slice('Bundle/'.length) : undefined;
}
