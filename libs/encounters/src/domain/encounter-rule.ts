import type { NewEvent } from '#platform/messaging';
import type { Resource, WriteRule } from '#platform/store';
import {
  encounterAdmitted,
  encounterCancelled,
  encounterDischargeCancelled,
  encounterDischarged,
  encounterTransferred,
  type EncounterEvent,
} from '../contract/encounter-events.ts';
import { encounterFacts, type EncounterFacts } from './encounter-facts.ts';
import { checkDelete, checkStatusStep, isUnderway } from './encounter-status.ts';

/** Admit, transfer, discharge, cancel: which steps an encounter may take, and what each one tells the other contexts. */
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
  if (isUnderway(is.status) && !isUnderway(was.status)) {
    const type = was.status === 'finished' ? encounterDischargeCancelled : encounterAdmitted;
    return [{ type, orderKey, payload: encounter }];
  }
  if (isUnderway(is.status) && is.location !== undefined && is.location !== was.location) {
    const previous = was.location === undefined ? {} : { previousLocation: was.location };
    const payload = { ...encounter, location: is.location, ...previous };
    return [{ type: encounterTransferred, orderKey, payload }];
  }
  // An encounter first heard of when it was over is history: nobody was discharged or called off just now.
  if (!known || is.status === was.status) return [];
  if (is.status === 'finished') return [{ type: encounterDischarged, orderKey, payload: encounter }];
  if (is.status === 'cancelled' || is.status === 'entered-in-error') {
    return [{ type: encounterCancelled, orderKey, payload: encounter }];
  }
  return [];
}

function identity(encounter: Resource, facts: EncounterFacts): EncounterEvent {
  const id = String(encounter['id']);
  return facts.patient === undefined ? { encounter: id } : { encounter: id, patient: facts.patient };
}
