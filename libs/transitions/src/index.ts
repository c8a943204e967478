import { encounterCancelled, encounterDischargeCancelled, encounterDischarged } from '#encounters/contract';
import { defineContext } from '#platform/runtime';
import { reconciliationRecorded } from '#medications/contract';
import { DischargeListener } from './discharge.listener.ts';
import { DocumentsOfStay } from './documents-of-stay.ts';
import { GatherDischargeFacts } from './gather-discharge-facts.ts';
import { document, DocumentOperation } from './operations/document.ts';
import { MedicationListListener } from './medication-list.listener.ts';

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
  operations: [document],
  controllers: [DischargeListener, MedicationListListener, DocumentOperation],
  providers: [GatherDischargeFacts, DocumentsOfStay],
  needs: ['patients', 'directory', 'encounters', 'clinical', 'medications'],
  hears: [encounterDischarged, encounterDischargeCancelled, encounterCancelled, reconciliationRecorded],
});
