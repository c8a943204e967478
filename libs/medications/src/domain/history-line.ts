import type { LocalReference, Resource } from '#platform/store';

/** Where a line of the medication history comes from. The order is that of care: ordered, handed out, given, reported. */
export const historySources = [
  { type: 'MedicationRequest', code: 'request', display: 'Ordered' },
  { type: 'MedicationDispense', code: 'dispense', display: 'Dispensed' },
  { type: 'MedicationAdministration', code: 'administration', display: 'Administered' },
  { type: 'MedicationStatement', code: 'statement', display: 'Reported' },
] as const;

export type HistorySource = (typeof historySources)[number];

/** One line of a patient's medication history. */
export interface HistoryLine {
  readonly source: HistorySource;
  readonly id: string;
  /** When it was ordered, handed out, given or taken, as the source says it; absent when the source does not. */
  readonly date: string | undefined;
  readonly status: string;
  /** The medication in words; absent when only a reference tells it. */
  readonly medication: string | undefined;
  /** `Medication/<id>` of this installation, when the medication is told by reference. */
  readonly medicationReference: string | undefined;
}

/** Reads one line from a resource of one of the four types; another type gives nothing. */
export function historyLine(resource: Resource, localReference: LocalReference): HistoryLine | undefined {
  const source = historySources.find(({ type }) => type === resource['resourceType']);
  if (source === undefined) return undefined;
  const reference = fields(resource['medicationReference']);
  return {
    source,
    id: String(resource['id']),
    date: dateOf(resource),
    status: text(resource['status']) ?? 'unknown',
    medication:
      conceptText(resource['medicationCodeableConcept']) ??
      text(reference['display']) ??
      containedMedication(resource),
    medicationReference: localMedication(localReference(reference['reference'])),
  };
}

/** What a CodeableConcept is called. https://hl7.org/fhir/R4/datatypes.html#CodeableConcept */
export function conceptText(concept: unknown): string | undefined {
  const { text: words, coding } = fields(concept);
  const [first] = Array.isArray(coding) ? coding : [];
  return text(words) ?? text(fields(first)['display']) ?? text(fields(first)['code']);
}

function dateOf(resource: Resource): string | undefined {
  switch (resource['resourceType']) {
    case 'MedicationRequest':
      return text(resource['authoredOn']);
    case 'MedicationDispense':
      return text(resource['whenHandedOver']) ?? text(resource['whenPrepared']);
    default:
      return (
        text(resource['effectiveDateTime']) ??
        text(fields(resource['effectivePeriod'])['start']) ??
        text(resource['dateAsserted'])
      );
  }
}

function containedMedication(resource: Resource): string | undefined {
  const reference = text(fields(resource['medicationReference'])['reference']);
  if (!reference?.startsWith('#') || !Array.isArray(resource['contained'])) return undefined;
  const medication = resource['contained'].map(fields).find(({ id }) => `#${String(id)}` === reference);
  return medication && conceptText(medication['code']);
}

function localMedication(reference: string | undefined): string | undefined {
  return reference?.startsWith('Medication/') ? reference : undefined;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
