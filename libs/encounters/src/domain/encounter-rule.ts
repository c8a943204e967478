import type { EventType, NewEvent } from '#platform/messaging';
import type { Resource, WriteRule } from '#platform/store';
import {
  encounterAdmitted,
  encounterArrived,
  encounterCancelled,
  encounterClassChanged,
  encounterDischargeCancelled,
  encounterDischarged,
  encounterTransferred,
  type EncounterEvent,
} from '../contract/encounter-events.ts';
import { encounterFacts, type EncounterFacts } from './encounter-facts.ts';
import { checkDelete, checkStatusStep, isPresent, isUnderway } from './encounter-status.ts';

/**
 * Arrive, admit, transfer, discharge, cancel: which steps an encounter may take, and what each one tells the other contexts.
 *
 * @param clock milliseconds since the epoch
 */
export function encounterRule(clock: () => number): WriteRule {
  return {
    type: 'Encounter',
    decide(before, after, localReference) {
      const was = encounterFacts(before, localReference);
      if (after === undefined) {
        checkDelete(was.status);
        return [];
      }
      const is = encounterFacts(after, localReference);
      if (is.status !== undefined) checkStatusStep(was.status, is.status);
      const isHistory = before === undefined && !hasJustEnded(is, clock());
      return eventsOf(was, is, isHistory, identity(after, is));
    },
  };
}

const dayMs = 86_400_000;

/**
 * Whether a stay that we first hear of when it is over ended within a day of now: the patient was here when the feed went
 * live, or the admission was lost, and the discharge has to be told all the same. An end somewhat ahead of our
 * clock is one of another clock or offset; one that is said no more exactly than a month tells of no discharge.
 */
function hasJustEnded({ status, end }: EncounterFacts, now: number): boolean {
  if (status !== 'finished' || end === undefined || end.high - end.low > dayMs) return false;
  return now - dayMs < end.high && end.low <= now + dayMs;
}

function eventsOf(
  was: EncounterFacts,
  is: EncounterFacts,
  isHistory: boolean,
  encounter: EncounterEvent,
): NewEvent[] {
  const orderKey = encounter.patient ? `Patient/${encounter.patient}` : `Encounter/${encounter.encounter}`;
  const only = (type: EventType<EncounterEvent>) => [{ type, orderKey, payload: encounter }];
  if (isUnderway(is.status)) {
    if (isUnderway(was.status)) return duringCare(was, is, encounter, orderKey);
    return only(was.status === 'finished' ? encounterDischargeCancelled : encounterAdmitted);
  }
  if (isPresent(is.status) && !isPresent(was.status)) return only(encounterArrived);
  // An encounter first heard of long after it was over is history: nobody was discharged or called off just now.
  if (isHistory || is.status === was.status) return [];
  if (is.status === 'finished') return only(encounterDischarged);
  if (is.status === 'cancelled' || is.status === 'entered-in-error') return only(encounterCancelled);
  return [];
}

function duringCare(
  was: EncounterFacts,
  is: EncounterFacts,
  encounter: EncounterEvent,
  orderKey: string,
): NewEvent[] {
  const events: NewEvent[] = [];
  if (is.class !== undefined && is.class !== was.class) {
    const previous = was.class === undefined ? {} : { previousClass: was.class };
    events.push({ type: encounterClassChanged, orderKey, payload: { ...encounter, ...previous } });
  }
  if (is.location !== undefined && is.location !== was.location) {
    const previous = was.location === undefined ? {} : { previousLocation: was.location };
    const payload = { ...encounter, location: is.location, ...previous };
    events.push({ type: encounterTransferred, orderKey, payload });
  }
  return events;
}

function identity(encounter: Resource, facts: EncounterFacts): EncounterEvent {
  return {
    encounter: String(encounter['id']),
    version: facts.version,
    ...(facts.patient === undefined ? {} : { patient: facts.patient }),
    ...(facts.class === undefined ? {} : { class: facts.class }),
  };
}
