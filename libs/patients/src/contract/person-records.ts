// https://hl7.org/fhir/R4/patient.html#links
import { hasScope, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { CallOptions, Messenger } from '#platform/messaging';
import type { LocalReference, Resource } from '#platform/store';
import { patientsResources } from './patients-resources.ts';

/** How Patients are found; what the caller may not see is absent. */
export interface PatientLookup {
  readonly localReference: LocalReference;
  /** Those of them that there are. */
  read(references: readonly string[]): Promise<readonly Resource[]>;
  /** Those with a link, of any type, to one of them. */
  linkingTo(references: readonly string[]): Promise<readonly Resource[]>;
}

/** More are a mistake in the links, which a person has to look at. */
export const mostRecords = 100;

/** The lookup by the contracts of `patients`, as this caller. */
export function patientLookup(
  messenger: Messenger,
  caller: Caller,
  localReference: LocalReference,
  options: CallOptions = {},
): PatientLookup {
  const parsed = (texts: readonly string[]) => texts.map((text) => JSON.parse(text) as Resource);
  return {
    localReference,
    async read(references) {
      const request = { references: [...references] };
      return parsed((await messenger.call(caller, patientsResources.readMany, request, options)).texts);
    },
    async linkingTo(references) {
      // Who may read patients and not search them is left with what each patient itself says.
      if (!hasScope(caller, 'Patient', 's')) return [];
      const values = references.map((each) => ({
        targetType: 'Patient',
        value: each.slice('Patient/'.length),
      }));
      const filters = [{ parameter: 'link', type: 'reference' as const, values }];
      const search = { filters, sort: [], count: mostRecords + 1, total: 'none' as const };
      const request = { type: 'Patient', search };
      return parsed((await messenger.call(caller, patientsResources.search, request, options)).texts);
    },
  };
}

/**
 * All records, as `Patient/<id>`, under which something of one person may stand: first the one who remains, then those who
 * were merged into it, at once or by way of others. A link of either side counts. What is asked for is always among them.
 *
 * @throws Fault `too-costly` when the links lead to more than `mostRecords`; whatever the lookup throws
 */
export async function personRecords(reference: string, lookup: PatientLookup): Promise<readonly string[]> {
  const upwards = await survivors(reference, lookup);
  const found = new Set([...upwards].toReversed());
  for (let level = [...found]; level.length > 0;) {
    const [own, others] = await Promise.all([lookup.read(level), lookup.linkingTo(level)]);
    const below = [
      ...own.flatMap((patient) => linked(patient, 'replaces', lookup.localReference)),
      ...others
        .filter((patient) => isReplacedByOneOf(level, patient, lookup.localReference))
        .map((patient) => `Patient/${String(patient['id'])}`),
    ];
    level = [...new Set(below)].filter((each) => !found.has(each));
    for (const each of level) found.add(each);
    if (found.size > mostRecords) throw tooMany();
  }
  return [...found];
}

/** The first that is replaced is who was asked for; the last is who remains. */
async function survivors(reference: string, lookup: PatientLookup): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at: string | undefined = reference; at !== undefined && !found.has(at);) {
    found.add(at);
    if (found.size > mostRecords) throw tooMany();
    const [patient] = await lookup.read([at]);
    at = patient && replacedBy(patient, lookup.localReference);
  }
  return found;
}

/** `Patient/<id>` of the one that a patient was merged into; the next one only, who may have been merged too. */
export function replacedBy(patient: Resource, localReference: LocalReference): string | undefined {
  return linked(patient, 'replaced-by', localReference)[0];
}

function isReplacedByOneOf(
  references: readonly string[],
  patient: Resource,
  localReference: LocalReference,
): boolean {
  return linked(patient, 'replaced-by', localReference).some((each) => references.includes(each));
}

/** https://hl7.org/fhir/R4/valueset-link-type.html */
function linked(
  patient: Resource,
  type: 'replaced-by' | 'replaces',
  localReference: LocalReference,
): readonly string[] {
  const links = (patient['link'] ?? []) as readonly Link[];
  return links
    .filter((link) => link.type === type)
    .map(({ other }) => localReference(other?.reference))
    .filter((each) => each?.startsWith('Patient/'))
    .map(String);
}

interface Link {
  readonly type?: string;
  readonly other?: { readonly reference?: string };
}

function tooMany(): Fault {
  return new Fault(
    'too-costly',
    `The links of this patient lead to more than ${mostRecords} others who were merged. Look at the links of type replaces and replaced-by, and correct them.`,
  );
}
