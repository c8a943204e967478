import type { Reconciliation } from '#medications/contract';
import { paragraph, table } from './narrative.ts';
import { date } from './wording.ts';

/**
 * The reconciled medications of a stay as a List: what the patient is to take, each entry an order in force. A later
 * reconciliation of the stay is a later version of the same List. https://hl7.org/fhir/R4/list.html
 */
export function medicationList(id: string, reconciliation: Reconciliation): object {
  const { patient, encounter, recordedAt, by, listed, missing } = reconciliation;
  const isReference = /^(Practitioner|PractitionerRole|Patient|Device)\//.test(by);
  const head = {
    resourceType: 'List',
    id,
    text: narrative(reconciliation),
    status: 'current',
    mode: 'snapshot',
    title: 'Reconciled medications',
    code: {
      coding: [
        { system: 'http://loinc.org', code: '10160-0', display: 'History of Medication use Narrative' },
      ],
      text: 'Current medications after reconciliation',
    },
    subject: { reference: `Patient/${patient}` },
    encounter: { reference: `Encounter/${encounter}` },
    date: recordedAt,
    source: isReference ? { reference: by } : { display: by },
    ...(missing.length === 0 ? {} : { note: [{ text: withoutSources(missing) }] }),
  };
  const entry = listed.map(({ request, medication }) => ({
    item: { reference: request, ...(medication === undefined ? {} : { display: medication }) },
  }));
  return entry.length > 0 ? { ...head, entry } : { ...head, emptyReason };
}

export function withoutSources(missing: readonly string[]): string {
  return `Reconciled without what these sources hold, which could not be looked at: ${missing.join(', ')}.`;
}

/** Here it is known that there is none: each medication was decided on, and none goes on. */
const emptyReason = {
  coding: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason',
      code: 'nilknown',
      display: 'Nil Known',
    },
  ],
};

function narrative({ listed, recordedAt }: Reconciliation): object {
  if (listed.length === 0) return paragraph('No medication goes on after reconciliation.');
  const rows = listed.map(({ medication, request }) => [medication ?? request]);
  return table([`Medications after reconciliation on ${date(recordedAt)}`], rows);
}
