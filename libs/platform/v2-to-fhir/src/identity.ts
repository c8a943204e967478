import { hash as digest } from 'node:crypto';
import { patientIdentifierTypes } from '#platform/fhir';
import type { Segment } from '#platform/hl7v2';
import type { Identity } from './mapped.ts';
import { leafAt, Leaf, Link, Many, type Draft, type Node, type Tree } from './tree.ts';
import type { Vocabulary } from './vocabulary.ts';

/** From where a resource was made, the business identifiers around it. */
export interface Surroundings {
  readonly vocabulary: Vocabulary;
  /** MSH-4, or what stands for it: identifiers without an authority are this facility's. */
  readonly facility: string;
  /** MSH-3: whose numbers those are of which nobody else is said to be the authority. */
  readonly application: string;
  /** The name of the segment it was made from. */
  readonly madeFrom: string | undefined;
  /** The segment of a name that belongs with the one the resource was made from. */
  segment(name: string): Segment | undefined;
  /** The identity of the resource that an element refers to, or that it was found with. */
  identityOf(draft: Draft): Identity | undefined;
  /** The resource of a type in whose scope this one was made: the report of an observation. */
  within(type: string): Draft | undefined;
}

type Rule = (draft: Draft, around: Surroundings) => Identity | undefined;

/** A field with a number, and whose number it is. */
type NumberField = readonly [
  segment: string,
  field: number,
  kind: 'placer' | 'filler' | 'prescription' | 'instance',
];

/** A number of type EI in one of the fields: `ORC-2`. */
function entity(draft: Draft, around: Surroundings, ...fields: readonly NumberField[]): Identity | undefined {
  for (const [name, field, kind] of fields) {
    const repetition = around.segment(name)?.field(field)[0];
    const value = repetition?.value(1);
    if (!repetition || value === undefined) continue;
    const system = around.vocabulary.authority(repetition.value(2), repetition.value(3), repetition.value(4));
    return system === undefined ? ofSender(draft, around, kind, value) : { system, value };
  }
  return undefined;
}

/**
 * A number without an authority. Small systems count from 1, side by side, and after some years anew: it tells what is one
 * patient's apart, as the sending application counts it, and nothing more.
 */
function ofSender(draft: Draft, around: Surroundings, ...words: string[]): Identity | undefined {
  return part(patient(draft, around), around.facility, around.application, ...words);
}

function text(around: Surroundings, name: string, field: number): string {
  const repetition = around.segment(name)?.field(field)[0];
  return repetition?.value(1) ?? repetition?.value(4) ?? repetition?.value(2) ?? '';
}

const key = (identity: Identity | undefined): string | undefined =>
  identity && `${identity.system ?? ''}|${identity.value}`;

/** Identified by something larger and what it is within that. */
function part(of: Identity | undefined, ...names: string[]): Identity | undefined {
  const whole = key(of);
  return whole === undefined || names.every((name) => name === '')
    ? undefined
    : { value: idOf(whole, ...names) };
}

/**
 * Whether a patient is found again by a number: one of the segment that the patient was made from. Others bring numbers
 * too: an insurer's, a guarantor's, and MRG to the survivor those of who was merged.
 */
function isOfPatient(origin: string | undefined, { madeFrom }: Surroundings): boolean {
  return madeFrom !== undefined && origin?.startsWith(`${madeFrom}[`) === true;
}

/** The resource's own identifier; of several the one of a preferred type, else the first. */
function own(draft: Draft, around: Surroundings, ...preferred: string[]): Identity | undefined {
  const best = ownNumber(draft, around, preferred);
  return best && { system: best.system ?? around.facility, value: best.value };
}

/** The same of what small systems number for themselves. */
function ownOfPatient(draft: Draft, around: Surroundings): Identity | undefined {
  const best = ownNumber(draft, around, []);
  return best?.system === undefined && best ? ofSender(draft, around, best.value) : best;
}

function ownNumber(draft: Draft, around: Surroundings, preferred: readonly string[]): Identity | undefined {
  const found = draft.content.get('identifier');
  const identifiers = found instanceof Many ? [...found.items.values()] : found ? [found] : [];
  const valued = identifiers.filter((node): node is Tree => {
    const value = node instanceof Map ? node.get('value') : undefined;
    return value instanceof Leaf && (draft.type !== 'Patient' || isOfPatient(value.origin, around));
  });
  const typeOf = (node: Tree): string => leafAt(node, 'type', 'coding', 'code') ?? '';
  const best =
    preferred.map((type) => valued.find((node) => typeOf(node) === type)).find(Boolean) ??
    valued.find((node) => node.get('system') instanceof Leaf) ??
    valued[0];
  if (!best) return undefined;
  const system = leafAt(best, 'system');
  return { ...(system !== undefined && { system }), value: leafAt(best, 'value') ?? '' };
}

function referred(draft: Draft, around: Surroundings, element: string): Identity | undefined {
  let node: Node | undefined = draft.content.get(element);
  if (node instanceof Many) node = node.items.values().next().value;
  return node instanceof Link ? around.identityOf(node.draft) : undefined;
}

function patient(draft: Draft, around: Surroundings): Identity | undefined {
  for (const element of ['subject', 'patient', 'beneficiary']) {
    const found = referred(draft, around, element);
    if (found) return found;
  }
  return undefined;
}

/** Everything the resource says: for those that are what they say (a name, a place, a role). */
function said(node: Node | undefined, around: Surroundings): string {
  if (node instanceof Leaf) return String(node.value);
  if (node instanceof Link) return key(around.identityOf(node.draft)) ?? '';
  const inside = node instanceof Many ? node.items : node;
  return inside ? [...inside.values()].map((one) => said(one, around)).join('^') : '';
}

/** What is only assumed tells nothing apart. */
function bySaying(draft: Draft, around: Surroundings, ...elements: string[]): Identity | undefined {
  const all = elements.map((element) =>
    draft.assumed.has(element) ? '' : said(draft.content.get(element), around),
  );
  return all.every((one) => one.replaceAll('^', '') === '')
    ? undefined
    : { system: around.facility, value: idOf(...all) };
}

const placer: readonly NumberField[] = [
  ['ORC', 2, 'placer'],
  ['OBR', 2, 'placer'],
];
const filler: readonly NumberField[] = [
  ['ORC', 3, 'filler'],
  ['OBR', 3, 'filler'],
];
const order: Rule = (draft, around) => entity(draft, around, ...placer, ...filler);

/** An order names its own number first; a report the number of who fills it. */
const report: Rule = (draft, around) =>
  part(entity(draft, around, ['OBR', 3, 'filler'], ['ORC', 3, 'filler'], ...placer), text(around, 'OBR', 4));

const medication: Rule = (draft, around) =>
  order(draft, around) ?? part(entity(draft, around, ['RXE', 15, 'prescription']), 'rx');

/** A time to the minute at least: days and hours have room for several measurements. */
const aMinute = /^\d{12}/;

/**
 * What was observed, within its report or order. Where these have no number (monitors, vital signs), it is when it was observed
 * that tells one from the next; and where that is not said either, it is this message's.
 */
function observed(draft: Draft, around: Surroundings): Identity | undefined {
  const instance = entity(draft, around, ['OBX', 21, 'instance']);
  if (instance) return instance;
  const what = [text(around, 'OBX', 3), around.segment('OBX')?.field(4)[0]?.text ?? ''];
  const whole = around.within('DiagnosticReport') ?? around.within('ServiceRequest');
  const numbered = whole && around.identityOf(whole);
  if (numbered) return part(numbered, ...what);
  const at = [text(around, 'OBX', 14), text(around, 'OBR', 7)].find((time) => aMinute.test(time));
  const stay = whole ? undefined : around.within('Encounter');
  const of = (stay && around.identityOf(stay)) ?? patient(draft, around);
  if (at !== undefined) return part(of, around.application, text(around, 'OBR', 4), ...what, at);
  // What comes along with a visit or a person, such as a weight, is repeated in each of their messages.
  return whole ? undefined : part(of, ...what);
}

const rules: Readonly<Record<string, Rule>> = {
  Patient: (draft, around) => own(draft, around, ...patientIdentifierTypes),
  Encounter: (draft, around) =>
    own(draft, around, 'VN') ?? part(patient(draft, around), leafAt(draft.content, 'period', 'start') ?? ''),
  ServiceRequest: (draft, around) =>
    (around.madeFrom === 'RF1' ? ownOfPatient(draft, around) : undefined) ??
    part(order(draft, around), text(around, 'OBR', 4), 'order') ??
    order(draft, around),
  DiagnosticReport: report,
  Observation: (draft, around) =>
    around.madeFrom === 'OBX'
      ? observed(draft, around)
      : part(
          referred(draft, around, 'encounter') ?? patient(draft, around),
          said(draft.content.get('code'), around),
        ),
  Specimen: (draft, around) => {
    const whole = around.within('DiagnosticReport') ?? around.within('ServiceRequest');
    return ownOfPatient(draft, around) ?? part(whole && around.identityOf(whole), 'specimen');
  },
  MedicationRequest: medication,
  MedicationDispense: (draft, around) =>
    part(
      entity(draft, around, ['RXD', 7, 'prescription'], ...placer, ...filler),
      'dispense',
      text(around, 'RXD', 1),
    ) ?? medication(draft, around),
  MedicationAdministration: (draft, around) =>
    part(order(draft, around), 'administration', text(around, 'RXA', 2), text(around, 'RXA', 3)),
  AllergyIntolerance: (draft, around) =>
    ownOfPatient(draft, around) ?? part(patient(draft, around), said(draft.content.get('code'), around)),
  Condition: (draft, around) =>
    ownOfPatient(draft, around) ??
    part(
      referred(draft, around, 'encounter') ?? patient(draft, around),
      said(draft.content.get('code'), around),
    ),
  Procedure: (draft, around) =>
    ownOfPatient(draft, around) ??
    part(
      patient(draft, around),
      said(draft.content.get('code'), around),
      leafAt(draft.content, 'performedDateTime') ?? '',
    ),
  RelatedPerson: (draft, around) =>
    // Twins have one mother, and each a RelatedPerson that she is.
    (draft.content.has('name') ? undefined : part(patient(draft, around), key(own(draft, around)) ?? '')) ??
    part(
      patient(draft, around),
      said(draft.content.get('name'), around),
      leafAt(draft.content, 'relationship', 'coding', 'code') ?? '',
    ),
  // The number of a plan is one for all who have it.
  Coverage: (draft, around) =>
    part(
      patient(draft, around),
      text(around, 'IN1', 2),
      text(around, 'IN1', 36),
      said(draft.content.get('payor'), around),
    ),
  ChargeItem: (draft, around) =>
    part(patient(draft, around), 'charge', said(draft.content.get('identifier'), around)),
  ResearchStudy: (draft, around) => own(draft, around),
  EpisodeOfCare: ownOfPatient,
  Account: (draft, around) => own(draft, around) ?? part(patient(draft, around), 'account'),
  Practitioner: (draft, around) => own(draft, around) ?? bySaying(draft, around, 'name'),
  PractitionerRole: (draft, around) =>
    bySaying(draft, around, 'practitioner', 'organization', 'location', 'code'),
  Organization: (draft, around) =>
    bySaying(draft, around, 'identifier', 'name') ?? bySaying(draft, around, 'address'),
  Location: (draft, around) => bySaying(draft, around, 'identifier', 'name', 'address', 'partOf', 'type'),
  Device: (draft, around) => own(draft, around) ?? bySaying(draft, around, 'deviceName', 'modelNumber'),
  CareTeam: (draft, around) => part(patient(draft, around), 'care team'),
  Immunization: (draft, around) => part(entity(draft, around, ...filler, ...placer), text(around, 'RXA', 5)),
  Medication: (draft, around) => bySaying(draft, around, 'code', 'form', 'ingredient'),
};

/** The identity of a resource; undefined when the message says nothing by which it could be found again. */
export function identityOf(draft: Draft, around: Surroundings): Identity | undefined {
  return rules[draft.type]?.(draft, around);
}

/** An id of the form of a UUID, the same for the same words. */
export function idOf(...words: readonly string[]): string {
  const hash = digest('sha256', words.join('\u0000'));
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
