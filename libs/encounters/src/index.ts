import { defineContext } from '#platform/runtime';

export const encounters = defineContext({
  name: 'encounters',
  types: ['Encounter', 'EpisodeOfCare', 'Appointment', 'AppointmentResponse', 'Schedule', 'Slot', 'Flag'],
});
