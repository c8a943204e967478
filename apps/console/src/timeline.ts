import { standingOf } from './attached.ts';
import { conceptText, type Concept, type Period, type Resource } from './fhir.ts';

/** One thing that happened to a patient. */
export interface Happening {
  readonly key: string;
  /** As written in the resource: a date or an instant. */
  readonly at: string;
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
}

interface Shape {
  readonly kind: string;
  readonly at: (resource: Resource) => unknown;
  readonly title: (resource: Resource) => unknown;
}

const member = (name: string) => (resource: Resource) => resource[name];
const start = (name: string) => (resource: Resource) => (resource[name] as Period | undefined)?.start;
const concept = (name: string) => (resource: Resource) => conceptText(resource[name] as Concept | undefined);
const first =
  (...choices: ((resource: Resource) => unknown)[]) =>
  (resource: Resource) =>
    choices.map((choice) => choice(resource)).find(Boolean);
const encounterType = (resource: Resource) =>
  conceptText((resource.type as Concept[] | undefined)?.[0]) || 'Encounter';

/** How each type shows itself on a timeline; a type that is not here is not an event in a patient's life. */
const shapes: Record<string, Shape> = {
  Encounter: { kind: 'Encounter', at: start('period'), title: encounterType },
  Condition: {
    kind: 'Condition',
    at: first(member('onsetDateTime'), member('recordedDate')),
    title: concept('code'),
  },
  Observation: {
    kind: 'Observation',
    at: first(member('effectiveDateTime'), member('issued')),
    title: concept('code'),
  },
  Procedure: {
    kind: 'Procedure',
    at: first(member('performedDateTime'), start('performedPeriod')),
    title: concept('code'),
  },
  Immunization: { kind: 'Immunization', at: member('occurrenceDateTime'), title: concept('vaccineCode') },
  AllergyIntolerance: {
    kind: 'Allergy',
    at: first(member('onsetDateTime'), member('recordedDate')),
    title: concept('code'),
  },
  DiagnosticReport: {
    kind: 'Report',
    at: first(member('effectiveDateTime'), member('issued')),
    title: concept('code'),
  },
  MedicationRequest: {
    kind: 'Medication ordered',
    at: member('authoredOn'),
    title: concept('medicationCodeableConcept'),
  },
  MedicationDispense: {
    kind: 'Medication dispensed',
    at: member('whenHandedOver'),
    title: concept('medicationCodeableConcept'),
  },
  MedicationAdministration: {
    kind: 'Medication given',
    at: first(member('effectiveDateTime'), start('effectivePeriod')),
    title: concept('medicationCodeableConcept'),
  },
  MedicationStatement: {
    kind: 'Medication reported',
    at: first(member('effectiveDateTime'), start('effectivePeriod'), member('dateAsserted')),
    title: concept('medicationCodeableConcept'),
  },
  DocumentReference: {
    kind: 'Document',
    at: member('date'),
    title: first(member('description'), concept('type')),
  },
};

interface Quantity {
  readonly value?: number;
  readonly unit?: string;
}

interface Component {
  readonly code?: Concept;
  readonly valueQuantity?: unknown;
  readonly valueCodeableConcept?: unknown;
}

/** What was measured or found, as one reads it; '' when the holder has no value. */
function valueOf(holder: Resource | Component): string {
  const quantity = holder.valueQuantity as Quantity | undefined;
  if (quantity?.value !== undefined) return `${quantity.value} ${quantity.unit ?? ''}`.trim();
  return conceptText(holder.valueCodeableConcept as Concept | undefined);
}

/** LOINC codes of the two components that people write as one: 128/82. */
const systolic = '8480-6';
const diastolic = '8462-4';

function withLoinc(components: readonly Component[], code: string): Quantity | undefined {
  const found = components.find((each) =>
    each.code?.coding?.some((coding) => coding.system === 'http://loinc.org' && coding.code === code),
  );
  return found?.valueQuantity as Quantity | undefined;
}

/** A blood pressure reads 128/82 mmHg; other components are told by their names. */
function componentsOf(resource: Resource): string {
  const components = ((resource.component as Component[] | undefined) ?? []).filter(valueOf);
  const [upper, lower] = [withLoinc(components, systolic), withLoinc(components, diastolic)];
  if (components.length === 2 && upper && lower && upper.unit === lower.unit)
    return `${upper.value}/${lower.value} ${upper.unit ?? ''}`.trim();
  return components.map((each) => `${conceptText(each.code)} ${valueOf(each)}`.trim()).join(', ');
}

function detailOf(resource: Resource): string {
  const isDocument = resource.resourceType === 'DocumentReference';
  const value = isDocument ? standingOf(resource) : valueOf(resource) || componentsOf(resource);
  return value || (typeof resource.status === 'string' ? resource.status : '');
}

/** A patient's resources as happenings, the latest first; those without a time are left out. */
export function timelineOf(resources: readonly Resource[]): Happening[] {
  const happenings = resources.flatMap((resource) => {
    const shape = shapes[resource.resourceType];
    const at = shape?.at(resource);
    if (!shape || typeof at !== 'string') return [];
    const key = `${resource.resourceType}/${resource.id}`;
    return [
      {
        key,
        at,
        kind: shape.kind,
        title: String(shape.title(resource) ?? shape.kind),
        detail: detailOf(resource),
      },
    ];
  });
  return happenings.sort((one, other) => other.at.localeCompare(one.at) || one.key.localeCompare(other.key));
}
