import { packCode } from '#platform/rules';
import { dischargeSections, type DischargeSection } from './discharge-sections.ts';

/**
 * What is required when patients come, move on and go: who is told of what, and what a discharge document says. Another
 * version of it is another value and no other code: a rule pack is read into one.
 */
export interface TransitionRules {
  /** With the version, the rule pack that all documents and notices made by these rules name: see `packCode`. */
  readonly name: string;
  readonly version: string;
  readonly notices: readonly NoticeRule[];
  readonly document: {
    readonly title: string;
    /** In the order in which they are read. */
    readonly sections: readonly DischargeSection[];
    /** Kinds of resources that are asked for only because a section wants them. */
    readonly kinds: readonly string[];
    /** Who is sent the document, besides the notice. */
    readonly recipients: readonly RecipientKind[];
  };
}

/** One kind of happening of which others are told. */
export interface NoticeRule {
  /** A code of https://septum.dev/fhir/CodeSystem/notice-topic, and what a person calls it. */
  readonly topic: string;
  readonly title: string;
  /** Which events of an encounter mean it, while the encounter is of one of the classes. */
  readonly on: readonly EncounterStep[];
  /** Some of `encounterClasses`. */
  readonly classes: readonly string[];
  /** A code of http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event. */
  readonly message: NoticeMessage;
  /** Whether an encounter has it once, whichever of the events comes first and however often. */
  readonly oncePerEncounter: boolean;
  readonly recipients: readonly RecipientKind[];
}

/** The events of `encounters` that may be told to others. */
export const encounterSteps = ['arrived', 'admitted', 'class-changed', 'transferred', 'discharged'] as const;
export type EncounterStep = (typeof encounterSteps)[number];

/** What an encounter can be. https://hl7.org/fhir/R4/v3/ActEncounterCode/vs.html */
export const encounterClasses = [
  'AMB',
  'EMER',
  'FLD',
  'HH',
  'IMP',
  'ACUTE',
  'NONAC',
  'OBSENC',
  'PRENC',
  'SS',
  'VR',
] as const;

/** The notifications that are sent and taken. https://hl7.org/fhir/us/davinci-alerts/STU1.1/ValueSet-notification-event.html */
export const noticeMessages = [
  'notification-admit',
  'notification-discharge',
  'notification-transfer',
] as const;
export type NoticeMessage = (typeof noticeMessages)[number];

/**
 * How somebody is known to have to do with the patient: `general-practitioner`, the practitioner or practice the patient
 * has or names; `care-team`, who takes part in an active CareTeam; `origin` and `destination`, where the patient comes
 * from and goes to, with whoever manages it.
 */
export const recipientKinds = ['general-practitioner', 'care-team', 'origin', 'destination'] as const;
export type RecipientKind = (typeof recipientKinds)[number];

const everybody = recipientKinds;
const emergency = ['EMER'];
const inpatient = ['IMP', 'ACUTE', 'NONAC', 'SS'];
const observation = ['OBSENC'];

/**
 * 42 CFR 482.24(d): registration in the emergency department, admission to inpatient services (observation counted among
 * them), discharge or transfer from either, to the established primary care practitioner or practice, whom the patient
 * names, and the post-acute providers concerned. A move within the hospital is no transfer from it; a transfer to another
 * one ends the encounter, and is told as its discharge. So there is no rule for `transferred`.
 */
export const builtInRules: TransitionRules = {
  name: 'built-in',
  version: '1',
  notices: [
    {
      topic: 'emergency-registration',
      title: 'Registration in the emergency department',
      on: ['arrived', 'admitted', 'class-changed'],
      classes: emergency,
      message: 'notification-admit',
      oncePerEncounter: true,
      recipients: everybody,
    },
    {
      topic: 'observation-admission',
      title: 'Admission for observation',
      on: ['admitted', 'class-changed'],
      classes: observation,
      message: 'notification-admit',
      oncePerEncounter: true,
      recipients: everybody,
    },
    {
      topic: 'inpatient-admission',
      title: 'Admission as an inpatient',
      on: ['admitted', 'class-changed'],
      classes: inpatient,
      message: 'notification-admit',
      oncePerEncounter: true,
      recipients: everybody,
    },
    {
      topic: 'discharge',
      title: 'Discharge or transfer to another facility',
      on: ['discharged'],
      classes: [...emergency, ...observation, ...inpatient],
      message: 'notification-discharge',
      oncePerEncounter: false,
      recipients: everybody,
    },
  ],
  document: {
    title: 'Discharge summary',
    sections: dischargeSections,
    kinds: [],
    recipients: everybody,
  },
};

export const rulePackSystem = 'https://septum.dev/fhir/CodeSystem/rule-pack';

/** Says of a resource by which rules it was made. Who made it is told by its id, see `ResourceStore.isOwnId`: a tag is easily copied. */
export function madeBy(rules: TransitionRules): object {
  return { tag: [{ system: rulePackSystem, code: packCode(rules) }] };
}

/** Which of the notices an event means; none when it is of no class that is told. */
export function noticeOf(
  rules: TransitionRules,
  step: EncounterStep,
  encounterClass: string | undefined,
): NoticeRule | undefined {
  return rules.notices.find(({ on, classes }) => on.includes(step) && classes.includes(encounterClass ?? ''));
}
