import { defineContext } from '#platform/runtime';
import { readReconciliation, reconciliationRecorded } from './contract/index.ts';
import { GatherWorksheet } from './gather-worksheet.ts';
import { LineProvenance } from './line-provenance.ts';
import { medicationHistory, MedicationHistoryOperation } from './operations/medication-history.ts';
import { reconcileMedications, ReconcileMedicationsOperation } from './operations/reconcile-medications.ts';
import { otherServers } from './one-server.ts';
import { OtherServers } from './other-servers.ts';
import { OwnLines } from './own-lines.ts';
import { PatientRecords } from './patient-records.ts';
import { ProvenanceListener } from './provenance.listener.ts';
import { ReconciliationController } from './reconciliation.controller.ts';
import { CreateReconciliations1764100000000 } from './store/reconciliation.migration.ts';
import { Reconciliations } from './store/reconciliations.ts';

export const medications = defineContext({
  name: 'medications',
  types: [
    'Medication',
    'MedicationRequest',
    'MedicationStatement',
    'MedicationDispense',
    'MedicationAdministration',
    'MedicationKnowledge',
    'DetectedIssue',
    'CatalogEntry',
    'MedicinalProduct',
    'MedicinalProductAuthorization',
    'MedicinalProductContraindication',
    'MedicinalProductIndication',
    'MedicinalProductIngredient',
    'MedicinalProductInteraction',
    'MedicinalProductManufactured',
    'MedicinalProductPackaged',
    'MedicinalProductPharmaceutical',
    'MedicinalProductUndesirableEffect',
    'Substance',
    'SubstanceNucleicAcid',
    'SubstancePolymer',
    'SubstanceProtein',
    'SubstanceReferenceInformation',
    'SubstanceSourceMaterial',
    'SubstanceSpecification',
  ],
  operations: [medicationHistory, reconcileMedications],
  contracts: [readReconciliation],
  controllers: [
    MedicationHistoryOperation,
    ReconcileMedicationsOperation,
    ReconciliationController,
    ProvenanceListener,
  ],
  providers: [OwnLines, OtherServers, PatientRecords, LineProvenance, GatherWorksheet, Reconciliations],
  needs: ['patients', 'encounters', 'clinical', 'privacy'],
  publishes: [reconciliationRecorded],
  hears: [reconciliationRecorded],
  exits: [otherServers],
  migrations: [CreateReconciliations1764100000000],
});
