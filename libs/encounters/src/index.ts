import { defineContext } from '#platform/runtime';
import {
  encounterAdmitted,
  encounterArrived,
  encounterCancelled,
  encounterClassChanged,
  encounterDischargeCancelled,
  encounterDischarged,
  encounterTransferred,
} from './contract/encounter-events.ts';
import { encounterRule } from './domain/encounter-rule.ts';

export const encounters = defineContext({
  name: 'encounters',
  types: ['Encounter', 'EpisodeOfCare', 'Appointment', 'AppointmentResponse', 'Schedule', 'Slot', 'Flag'],
  rules: [encounterRule(Date.now)],
  publishes: [
    encounterArrived,
    encounterAdmitted,
    encounterClassChanged,
    encounterTransferred,
    encounterDischarged,
    encounterDischargeCancelled,
    encounterCancelled,
  ],
});
