import { lineReference } from './history-order.ts';
import type { HistoryLine } from './history-line.ts';

/** The code system of the flags that name a line's source. */
export const historySourceSystem = 'https://septum.dev/fhir/CodeSystem/medication-history-source';

/** The extension of a line that says where it comes from, in words. */
export const lineOriginExtension = 'https://septum.dev/fhir/StructureDefinition/medication-line-origin';

/**
 * The history as a FHIR List, one entry a line, in order: `flag` names the source, the extension says where it comes
 * from, `item` points to it and says it in words. https://hl7.org/fhir/R4/list.html
 *
 * @param now When the list was drawn up, milliseconds since the epoch.
 */
export function historyList(patient: string, lines: readonly HistoryLine[], now: number): object {
  const head = {
    resourceType: 'List',
    status: 'current',
    mode: 'snapshot',
    title: 'Medication history',
    code: {
      coding: [
        { system: 'http://loinc.org', code: '10160-0', display: 'History of Medication use Narrative' },
      ],
      text: 'Medication history across orders, dispenses, administrations and statements',
    },
    subject: { reference: `Patient/${patient}` },
    date: new Date(now).toISOString(),
    orderedBy: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-order', code: 'event-date' }],
    },
  };
  return lines.length > 0 ? { ...head, entry: lines.map(listEntry) } : { ...head, emptyReason };
}

/** The code says that a line is missing for want of knowledge, not that no medication was ever taken. */
const emptyReason = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: 'unavailable' }],
  text: 'No orders, dispenses, administrations or statements are recorded for this patient.',
};

function listEntry(line: HistoryLine): object {
  const { source, said } = line;
  const { type, code, display } = source;
  const origin = line.origin === undefined ? '' : `, ${line.origin}`;
  return {
    extension: [{ url: lineOriginExtension, valueString: line.origin ?? 'recorded here' }],
    flag: { coding: [{ system: historySourceSystem, code, display }], text: said },
    ...(line.date === undefined ? {} : { date: line.date }),
    item: {
      reference: lineReference(line),
      type,
      display: `${said}: ${line.medication ?? 'medication not named'} (${line.status})${origin}`,
    },
  };
}
