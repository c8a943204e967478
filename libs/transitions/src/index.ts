import {
  encounterAdmitted,
  encounterArrived,
  encounterCancelled,
  encounterClassChanged,
  encounterDischargeCancelled,
  encounterDischarged,
  encounterTransferred,
} from '#encounters/contract';
import { ruleContracts } from '#platform/rules';
import { defineContext } from '#platform/runtime';
import { reconciliationRecorded } from '#medications/contract';
import { AskNeighbours } from './ask-neighbours.ts';
import { CommunicationsController } from './communications.controller.ts';
import { CommunicationsOfStay } from './communications-of-stay.ts';
import {
  communicationDue,
  documentMade,
  documentWithdrawn,
  readCommunicationContent,
  settleCommunication,
} from './contract/index.ts';
import { DischargeListener } from './discharge.listener.ts';
import { DocumentSendingListener } from './document-sending.listener.ts';
import { DocumentsOfStay } from './documents-of-stay.ts';
import { FindAddressees } from './find-addressees.ts';
import { GatherDirectory } from './gather-directory.ts';
import { GatherDischargeFacts } from './gather-discharge-facts.ts';
import { GatherNoticeFacts } from './gather-notice-facts.ts';
import { MedicationListListener } from './medication-list.listener.ts';
import { NoticeListener } from './notice.listener.ts';
import { document, DocumentOperation } from './operations/document.ts';
import { noticeReport, NoticeReportOperation } from './operations/notice-report.ts';
import { receivedParts } from './received/parts.ts';
import { ruleParts } from './rule-parts.ts';

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
  rules: receivedParts.rules,
  operations: [document, noticeReport, ...ruleParts.operations, ...receivedParts.operations],
  contracts: [readCommunicationContent, settleCommunication, ...Object.values(ruleContracts('transitions'))],
  controllers: [
    DischargeListener,
    DocumentSendingListener,
    NoticeListener,
    MedicationListListener,
    CommunicationsController,
    DocumentOperation,
    NoticeReportOperation,
    ...ruleParts.controllers,
    ...receivedParts.controllers,
  ],
  providers: [
    AskNeighbours,
    GatherDirectory,
    GatherDischargeFacts,
    GatherNoticeFacts,
    FindAddressees,
    DocumentsOfStay,
    CommunicationsOfStay,
    ...ruleParts.providers,
    ...receivedParts.providers,
  ],
  migrations: ruleParts.migrations,
  needs: ['patients', 'directory', 'encounters', 'clinical', 'medications', 'privacy'],
  publishes: [communicationDue, documentMade, documentWithdrawn, ...receivedParts.publishes],
  hears: [
    encounterArrived,
    encounterAdmitted,
    encounterClassChanged,
    encounterTransferred,
    encounterDischarged,
    encounterDischargeCancelled,
    encounterCancelled,
    reconciliationRecorded,
    documentMade,
    documentWithdrawn,
    ...receivedParts.hears,
  ],
});
