import type { Message } from '#platform/hl7v2';
import { converterTo } from './convert.ts';
import type { Zone } from './zone.ts';
import type { MappedResource, Moment, VisitEvent } from './mapped.ts';

type Json = Readonly<Record<string, unknown>>;

const dateTime = converterTo('dateTime');

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Events that bring a patient to a place; A08 has it too, and not since when. */
const moves = /^ADT_A(01|02|04|06|07)$/;

/** What a message of an event says of a visit; undefined of those, orders and results, that only carry it along. */
export function visitEventOf(message: Message, event: string, zone: Zone): VisitEvent | undefined {
  if (!event.startsWith('ADT_')) return undefined;
  const told = message.first('EVN');
  const text = told?.value(2) ?? message.first('MSH')?.value(7);
  const recorded = text === undefined ? undefined : momentOf(text, zone);
  const moved = moves.test(event) ? (told?.value(6) ?? told?.value(2)) : undefined;
  const movedAt = moved === undefined ? undefined : dateTime(moved, zone);
  return {
    ...(recorded && { recorded }),
    ...(typeof movedAt === 'string' && { movedAt }),
    reopens: event === 'ADT_A13',
  };
}

/** Undefined: no time, or one that is coarser than an hour and puts nothing in order. */
function momentOf(text: string, zone: Zone): Moment | undefined {
  const from = Date.parse(dateTime(text, zone) as string);
  const digits = /^\d+/.exec(text.trim())?.[0].length ?? 0;
  if (Number.isNaN(from) || digits < 10) return undefined;
  const lasts = digits >= 14 ? second : digits >= 12 ? minute : hour;
  return { from, until: from + lasts - 1 };
}

/**
 * Two things that messages tell of a visit, each with when it was told last: where it stands in its course, which only the
 * events of that course say, and where the patient is, which others repeat (A08).
 */
const clocks = {
  course: 'https://septum.dev/fhir/StructureDefinition/v2-visit-course-recorded',
  place: 'https://septum.dev/fhir/StructureDefinition/v2-visit-place-recorded',
} as const;

export type Clock = keyof typeof clocks;

/** What a message has no say in any more. */
export interface Standing {
  /** It was recorded before what is kept was. */
  readonly isLate: Readonly<Record<Clock, boolean>>;
  /** It says that a stay goes on that has ended: only A13 takes that back. */
  readonly isEnded: boolean;
}

/** How a message about a visit stands to what is kept of it. */
export function standingOf(before: Json | undefined, mapped: MappedResource): Standing {
  const { visit, assumed, content, mode } = mapped;
  if (before === undefined || visit === undefined)
    return { isLate: { course: false, place: false }, isEnded: false };
  const { recorded, reopens } = visit;
  const told = { course: toldAt(before, 'course'), place: toldAt(before, 'place') };
  const isOlder = (clock: Clock): boolean => recorded !== undefined && recorded.until < (told[clock] ?? 0);
  const goesOn = !assumed.includes('status') && content['status'] !== 'finished' && mode !== 'cancel';
  const isReopened = before['status'] === 'finished' && goesOn && !reopens;
  // What is not newer than the discharge is what led up to it.
  const isRepeated = recorded !== undefined && recorded.from <= (told.course ?? 0);
  const isLate = {
    course: isOlder('course') || (isReopened && isRepeated),
    place: isOlder('place') || (isReopened && isRepeated),
  };
  return { isLate, isEnded: isReopened && !isLate.course };
}

/** What a message tells now, to be kept with the visit: `meta.extension`. */
export function clocksOf(before: Json | undefined, mapped: MappedResource): readonly Json[] {
  const { recorded } = mapped.visit ?? {};
  if (recorded === undefined) return [];
  const tells: Clock[] = mapped.assumed.includes('status') ? ['place'] : ['course', 'place'];
  const last = (clock: Clock): number => Math.max(recorded.from, (before && toldAt(before, clock)) ?? 0);
  return tells.map((clock) => ({ url: clocks[clock], valueInstant: new Date(last(clock)).toISOString() }));
}

function toldAt(resource: Json, clock: Clock): number | undefined {
  const { extension = [] } = (resource['meta'] ?? {}) as { readonly extension?: readonly Json[] };
  const found = extension.find(({ url }) => url === clocks[clock]);
  return found && Date.parse(String(found['valueInstant']));
}
