import { Fault } from '#platform/fhir';
import { encodeMessage, type SegmentContent } from '#platform/hl7v2';
import type { SitePack } from '#platform/v2-to-fhir';
import { Bundle } from './bundle.ts';
import { moment, name, type Authority } from './datatypes.ts';
import type { Element } from './element.ts';
import { eventOf, structureOf, type V2Event } from './events.ts';
import type { Source } from './parties.ts';
import { every, segment } from './segment.ts';
import { allergies, diagnoses } from './segments/clinical.ts';
import { documentSegments } from './segments/document.ts';
import { insurances } from './segments/insurance.ts';
import { nextOfKin } from './segments/next-of-kin.ts';
import { patientIdentifiers, patientSegments } from './segments/patient.ts';
import { moreOfVisit, noVisit, visitSegment } from './segments/visit.ts';
import { Vocabulary } from './vocabulary.ts';

/** MSH-3 and MSH-4, or MSH-5 and MSH-6. */
export interface Party {
  readonly application: string;
  readonly facility: string;
}

export interface V2Request {
  /** The JSON text of a Bundle: a document, a notification message, or a collection of what the event is about. */
  readonly bundle: string;
  /** Default: what the Bundle tells of. A document is T02, a notification A01, A02, A03 or A04. */
  readonly event?: V2Event;
  readonly sender: Party;
  readonly receiver: Party;
  /** MSH-10. The same for the same message sent again. At most 20 characters, by the standard. */
  readonly controlId: string;
  /** MSH-7 and EVN-2, in milliseconds since the epoch. The same for the same message sent again, or it is another one. */
  readonly at: number;
  /** The receiver's names for authorities and code systems, and its code maps: as for the way in. */
  readonly pack?: SitePack;
}

export interface EncodedV2 {
  /** Segments ended by carriage returns, in Unicode: MSH-18 says UTF-8. */
  readonly text: string;
  readonly event: V2Event;
  /** What stands in the Bundle and not in the message, as paths without values: `Patient.photo`. Empty for a document. */
  readonly leftOut: readonly string[];
}

/**
 * An HL7 version 2.5.1 message from a Bundle. Pure: the same request gives the same message.
 *
 * @throws Fault `malformed`: no Bundle. `invalid`: it has no patient, no one event follows from it, or something is
 * missing that the event needs. `business-rule`: a document that was recorded in error.
 */
export function encodeV2(request: V2Request): EncodedV2 {
  const bundle = new Bundle(request.bundle);
  const source = { bundle, vocabulary: new Vocabulary(request.pack) };
  const { encounter, patient } = focus(bundle);
  const event = request.event ?? eventOf(bundle, encounter);
  const segments = [
    header(request, event),
    eventSegment(request, event, encounter),
    ...body({ request, event, source, encounter, patient }),
  ];
  return { text: encodeMessage(segments), event, leftOut: event === 'T02' ? [] : bundle.leftOut() };
}

interface Telling {
  readonly request: V2Request;
  readonly event: V2Event;
  readonly source: Source;
  readonly encounter: Element | undefined;
  readonly patient: Element;
}

function body({ request, event, source, encounter, patient: named }: Telling): SegmentContent[] {
  const sender: Authority = [request.sender.application];
  const { survivor: patient, merged } = event === 'A40' ? merge(source.bundle, named) : { survivor: named };
  const [pid, ...pd1] = patientSegments(patient, source, sender);
  const parts = {
    PD1: () => pd1,
    NK1: () => nextOfKin(patient, source),
    PV1: () => [encounter ? visitSegment(encounter, source, event, sender) : noVisit],
    PV2: () => (encounter ? moreOfVisit(encounter, source) : []),
    AL1: () => allergies(patient, source),
    DG1: () => diagnoses(patient, encounter, source),
    IN1: () => insurances(patient, source, sender),
    MRG: () => mergeSegment(merged, source, sender),
    TXA: () => documentSegments(source, request.bundle, sender),
  };
  return [...(pid ? [pid] : []), ...structureOf(event).parts.flatMap((part) => parts[part]())];
}

/** Whom and which visit the Bundle is about: what its header or Composition names, else the first. */
function focus(bundle: Bundle): { encounter: Element | undefined; patient: Element } {
  const [header] = bundle.all('MessageHeader');
  const [composition] = bundle.all('Composition');
  const named = [...(header?.all('focus') ?? []), composition?.one('encounter')].map((one) =>
    bundle.follow(one),
  );
  const encounter = named.find((one) => one?.type === 'Encounter') ?? bundle.all('Encounter')[0];
  const subject = bundle.follow(composition?.one('subject') ?? encounter?.one('subject'));
  const patient = [subject, ...named].find((one) => one?.type === 'Patient') ?? bundle.all('Patient')[0];
  if (!patient)
    throw new Fault(
      'invalid',
      'The Bundle has no Patient. Put the one it is about into it: each message needs PID.',
    );
  return { encounter, patient };
}

function header({ sender, receiver, at, controlId }: V2Request, event: V2Event): SegmentContent {
  const type = event === 'T02' ? 'MDM' : 'ADT';
  return segment('MSH', {
    3: sender.application,
    4: sender.facility,
    5: receiver.application,
    6: receiver.facility,
    7: moment(new Date(at).toISOString()),
    9: [type, event, structureOf(event).name],
    10: controlId,
    11: 'P',
    12: '2.5.1',
    18: 'UNICODE UTF-8',
  });
}

function eventSegment(
  { at, sender }: V2Request,
  event: V2Event,
  encounter: Element | undefined,
): SegmentContent {
  const period = encounter?.unnoticed.one('period');
  const happened = { A01: 'start', A04: 'start', A03: 'end' }[event as string];
  return segment('EVN', {
    1: event,
    2: moment(new Date(at).toISOString()),
    6: happened && moment(period?.text(happened)),
    7: sender.facility,
  });
}

/** The two patients of a merge, by their links, whichever of them has one. */
function merge(bundle: Bundle, named: Element): { survivor: Element; merged: Element } {
  for (const patient of bundle.all('Patient'))
    for (const link of patient.unnoticed.all('link')) {
      const other = bundle.follow(link.one('other'));
      const type = link.text('type');
      if (!other || other === patient || (type !== 'replaces' && type !== 'replaced-by')) continue;
      for (const one of [patient, other]) for (const each of one.all('link')) each.takeAll();
      return type === 'replaces'
        ? { survivor: patient, merged: other }
        : { survivor: other, merged: patient };
    }
  throw new Fault(
    'invalid',
    `A merge (A40) needs both patients, joined by Patient.link (replaces or replaced-by); the Bundle has ${bundle.all('Patient').length}${named.peek('id') ? '' : ', without ids'}.`,
  );
}

function mergeSegment(merged: Element | undefined, source: Source, sender: Authority): SegmentContent[] {
  if (!merged) return [];
  return [
    segment('MRG', {
      1: every(patientIdentifiers(merged, source, sender)),
      7: every(merged.all('name').map((one) => name(one, source.vocabulary))),
    }),
  ];
}
