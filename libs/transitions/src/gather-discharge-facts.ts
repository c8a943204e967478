import { Inject, Injectable } from '@nestjs/common';
import { clinicalResources } from '#clinical/contract';
import { directoryResources } from '#directory/contract';
import { encountersResources } from '#encounters/contract';
import { medicationsResources, readReconciliation, reconciliationIn } from '#medications/contract';
import { patientsResources } from '#patients/contract';
import type { Caller } from '#platform/access';
import { type SearchFilter } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import { ResourceStoreToken, type LocalReference, type ResourceStore } from '#platform/store';
import { all, fact, fields, type Fact } from './domain/fact.ts';
import type { DischargeFacts } from './domain/discharge-facts.ts';

const pageSize = 500;

type Resources = typeof clinicalResources;

/** Asks the contexts that know a stay, through their contracts; a context that does not answer fails the gathering. */
@Injectable()
export class GatherDischargeFacts {
  readonly #messenger: Messenger;
  readonly #localReference: LocalReference;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(ResourceStoreToken) { localReference }: ResourceStore,
  ) {
    this.#messenger = messenger;
    this.#localReference = localReference;
  }

  /**
   * @returns nothing when the encounter is gone, or is no longer finished: there is no discharge to tell of.
   * @throws Fault `unavailable` or `timeout` when a context that may know more does not answer.
   */
  async of(caller: Caller, encounterId: string): Promise<DischargeFacts | undefined> {
    const [encounter] = await this.#read(caller, encountersResources, [`Encounter/${encounterId}`]);
    if (encounter?.fields['status'] !== 'finished') return undefined;
    const [patientReference] = this.#local([encounter.fields['subject']], 'Patient');
    const found = await Promise.all([
      patientReference === undefined ? [] : this.#read(caller, patientsResources, [patientReference]),
      this.#read(
        caller,
        directoryResources,
        this.#local(careGivers(encounter), 'Practitioner', 'PractitionerRole', 'Organization', 'Location'),
      ),
      this.#read(
        caller,
        clinicalResources,
        this.#local(reasons(encounter), 'Condition', 'Procedure', 'Observation'),
      ),
      ...this.#ofStay(caller, `Encounter/${encounterId}`),
      ...(patientReference === undefined ? [] : this.#ofPatient(caller, patientReference)),
    ]);
    const [patients, ...others] = found;
    const known = unique(others.flat());
    const named = known.map(({ fields: resource }) => resource['medicationReference']);
    const medications = await this.#read(caller, medicationsResources, this.#local(named, 'Medication'));
    // Asked for here, not read from the List: which of the two events comes first nobody says.
    const { texts } = await this.#messenger.call(caller, readReconciliation, { encounter: encounterId });
    const reconciliation = reconciliationIn(texts);
    return {
      encounter,
      patient: patients?.[0],
      others: unique([...known, ...medications]),
      reconciliation,
    };
  }

  #ofStay(caller: Caller, encounter: string): Promise<Fact[]>[] {
    const clinical = ['Condition', 'Procedure', 'Observation', 'DiagnosticReport', 'ServiceRequest'];
    return [
      ...clinical.map((type) =>
        this.#search(caller, clinicalResources, type, [refersTo('encounter', encounter)]),
      ),
      this.#search(caller, medicationsResources, 'MedicationAdministration', [
        refersTo('context', encounter),
      ]),
    ];
  }

  #ofPatient(caller: Caller, patient: string): Promise<Fact[]>[] {
    const of = refersTo('patient', patient);
    return [
      this.#search(caller, clinicalResources, 'AllergyIntolerance', [of]),
      this.#search(caller, clinicalResources, 'CarePlan', [of, isOneOf('status', 'active')]),
      this.#search(caller, medicationsResources, 'MedicationRequest', [of, isOneOf('status', 'active')]),
      this.#search(caller, medicationsResources, 'MedicationStatement', [of, isOneOf('status', 'active')]),
      this.#search(caller, encountersResources, 'Appointment', [of, isOneOf('status', 'booked')]),
    ];
  }

  async #read(caller: Caller, resources: Resources, references: readonly string[]): Promise<Fact[]> {
    if (references.length === 0) return [];
    const { texts } = await this.#messenger.call(caller, resources.readMany, { references: [...references] });
    return texts.map(fact);
  }

  /** `Type/id`, each once, of the References that lead to one of the types in this installation. */
  #local(references: readonly unknown[], ...types: readonly string[]): string[] {
    const found = references
      .map((reference) => this.#localReference(fields(reference)['reference']))
      .filter((each) => each !== undefined && types.includes(each.slice(0, each.indexOf('/'))));
    return [...new Set(found as string[])];
  }

  async #search(
    caller: Caller,
    resources: Resources,
    type: string,
    filters: readonly SearchFilter[],
  ): Promise<Fact[]> {
    const found: Fact[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = cursor === undefined ? {} : { cursor };
      const search = { filters, sort: [], count: pageSize, total: 'none' as const, ...page };
      const { result, texts } = await this.#messenger.call(caller, resources.search, { type, search });
      found.push(...texts.map(fact));
      cursor = result.next;
    }
    return found;
  }
}

function refersTo(parameter: string, reference: string): SearchFilter {
  const [targetType, id] = reference.split('/') as [string, string];
  return { parameter, type: 'reference', values: [{ targetType, value: id }] };
}

function isOneOf(parameter: string, ...codes: readonly string[]): SearchFilter {
  return { parameter, type: 'token', values: codes.map((value) => ({ value })) };
}

function careGivers({ fields: encounter }: Fact): readonly unknown[] {
  return [
    ...all(encounter['participant']).map(({ individual }) => individual),
    ...all(encounter['location']).map(({ location }) => location),
    encounter['serviceProvider'],
  ];
}

function reasons({ fields: encounter }: Fact): readonly unknown[] {
  return [
    ...all(encounter['diagnosis']).map(({ condition }) => condition),
    ...all(encounter['reasonReference']),
  ];
}

function unique(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.map((one) => [`${one.type}/${one.id}`, one])).values()];
}
