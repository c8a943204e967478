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

/** Arrive, admit, transfer, discharge, cancel: which steps an encounter may take, and what each one tells the other contexts. */
export const encounterRule: WriteRule = {
  type: 'Encounter',
  decide(before, after, localReference) {
    const was = encounterFacts(before, localReference);
    if (after === undefined) {
      checkDelete(was.status);
      return [];
    }
    const is = encounterFacts(after, localReference);
    if (is.status !== undefined) checkStatusStep(was.status, is.status);
    return eventsOf(was, is, before !== undefined, identity(after, is));
  },
};

function eventsOf(
  was: EncounterFacts,
  is: EncounterFacts,
  known: boolean,
  encounter: EncounterEvent,
): NewEvent[] {
  const orderKey = encounter.patient ? `Patient/${encounter.patient}` : `Encounter/${encounter.encounter}`;
  const only = (type: EventType<EncounterEvent>) => [{ type, orderKey, payload: encounter }];
  if (isUnderway(is.status)) {
    if (isUnderway(was.status)) return duringCare(was, is, encounter, orderKey);
    return only(was.status === 'finished' ? encounterDischargeCancelled : encounterAdmitted);
  }
  if (isPresent(is.status) && !isPresent(was.status)) return only(encounterArrived);
  // An encounter first heard of when it was over is history: nobody was discharged or called off just now.
  if (!known || is.status === was.status) return [];
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
