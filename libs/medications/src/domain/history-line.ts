import { fields, words } from '#platform/fhir';
import type { LocalReference, Resource } from '#platform/store';
import { conceptText } from './element.ts';
import { lineOrigin } from './line-origin.ts';

/** Where a line of the medication history comes from. The order is that of care: ordered, handed out, given, reported. */
export const historySources = [
  { type: 'MedicationRequest', code: 'request', display: 'Ordered' },
  { type: 'MedicationDispense', code: 'dispense', display: 'Dispensed' },
  { type: 'MedicationAdministration', code: 'administration', display: 'Administered' },
  { type: 'MedicationStatement', code: 'statement', display: 'Reported' },
] as const;

export type HistorySource = (typeof historySources)[number];

/** A partner's name, and the address of the resource there. */
export interface KeptElsewhere {
  readonly server: string;
  readonly url: string;
}

/** One line of a patient's medication history. */
export interface HistoryLine {
  readonly source: HistorySource;
  /** What the line is, in a word: a request may be no order. */
  readonly said: string;
  readonly id: string;
  /** Where another server keeps it; absent: it is our own. */
  readonly kept?: KeptElsewhere | undefined;
  /** When it was ordered, handed out, given or taken, as the source says it; absent when the source does not. */
  readonly date: string | undefined;
  readonly status: string;
  /** The medication in words; absent when only a reference tells it. */
  readonly medication: string | undefined;
  /** `Medication/<id>` of this installation, when the medication is told by reference. */
  readonly medicationReference: string | undefined;
  /** Who told of it, or which system sent it, as far as the resource says; see `lineOrigin`. */
  readonly origin: string | undefined;
}

/** Reads one line from a resource of one of the four types; another type gives nothing. */
export function historyLine(
  resource: Resource,
  localReference: LocalReference,
  kept?: KeptElsewhere,
): HistoryLine | undefined {
  const source = historySources.find(({ type }) => type === resource['resourceType']);
  if (source === undefined) return undefined;
  const reference = fields(resource['medicationReference']);
  return {
    source,
    said: saidOf(resource, source),
    id: String(resource['id']),
    kept,
    date: dateOf(resource),
    status: words(resource['status']) ?? 'unknown',
    medication:
      conceptText(resource['medicationCodeableConcept']) ??
      words(reference['display']) ??
      containedMedication(resource),
    medicationReference:
      kept === undefined ? localMedication(localReference(reference['reference'])) : undefined,
    origin: lineOrigin(resource, kept?.server),
  };
}

/** https://hl7.org/fhir/R4/valueset-medicationrequest-intent.html */
function saidOf(resource: Resource, { display }: HistorySource): string {
  const { intent, doNotPerform } = resource;
  if (doNotPerform === true) return 'Not to be given';
  if (isProposal(resource)) return 'Proposed';
  if (intent !== 'plan') return display;
  return isReported(resource) ? 'Reported' : 'Planned';
}

/** Nobody ordered it. */
export function isProposal({ intent }: Resource): boolean {
  return intent === 'proposal' || intent === 'option';
}

/** https://hl7.org/fhir/R4/medicationrequest-definitions.html#MedicationRequest.reported_x_ */
export function isReported(resource: Resource): boolean {
  return resource['reportedBoolean'] === true || resource['reportedReference'] !== undefined;
}

function dateOf(resource: Resource): string | undefined {
  switch (resource['resourceType']) {
    case 'MedicationRequest':
      return words(resource['authoredOn']);
    case 'MedicationDispense':
      return words(resource['whenHandedOver']) ?? words(resource['whenPrepared']);
    default:
      return (
        words(resource['effectiveDateTime']) ??
        words(fields(resource['effectivePeriod'])['start']) ??
        words(resource['dateAsserted'])
      );
  }
}

function containedMedication(resource: Resource): string | undefined {
  const reference = words(fields(resource['medicationReference'])['reference']);
  if (!reference?.startsWith('#') || !Array.isArray(resource['contained'])) return undefined;
  const medication = resource['contained'].map(fields).find(({ id }) => `#${String(id)}` === reference);
  return medication && conceptText(medication['code']);
}

function localMedication(reference: string | undefined): string | undefined {
  return reference?.startsWith('Medication/') ? reference : undefined;
}
