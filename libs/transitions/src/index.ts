import { defineContext } from '#platform/runtime';

export const transitions = defineContext({
  name: 'transitions',
  types: [
    'Composition',
    'DocumentReference',
    'DocumentManifest',
    'Bundle',
    'Binary',
    'List',
    'Communication',
    'CommunicationRequest',
    'Task',
  ],
});
