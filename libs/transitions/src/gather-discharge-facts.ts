import { Inject, Injectable } from '@nestjs/common';
import { clinicalResources } from '#clinical/contract';
import { encountersResources } from '#encounters/contract';
import { medicationsResources, readReconciliation, reconciliationIn } from '#medications/contract';
import { patientsResources } from '#patients/contract';
import type { Caller } from '#platform/access';
import { all } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import { AskNeighbours, isOneOf, refersTo, unique } from './ask-neighbours.ts';
import { type Fact } from './domain/fact.ts';
import type { DischargeFacts } from './domain/discharge-facts.ts';
import { ObservationSeries, type LeftOut } from './domain/observation-series.ts';
import { GatherDirectory } from './gather-directory.ts';

/** The facts of a stay, and what was observed so often that it is not all among them. */
export interface GatheredFacts {
  readonly facts: DischargeFacts;
  readonly leftOut: LeftOut;
}

/** Asks the contexts that know a stay, through their contracts; a context that does not answer fails the gathering. */
@Injectable()
export class GatherDischargeFacts {
  readonly #ask: AskNeighbours;
  readonly #directory: GatherDirectory;
  readonly #messenger: Messenger;

  constructor(
    @Inject(AskNeighbours) ask: AskNeighbours,
    @Inject(GatherDirectory) directory: GatherDirectory,
    @Inject(Messenger) messenger: Messenger,
  ) {
    this.#ask = ask;
    this.#directory = directory;
    this.#messenger = messenger;
  }

  /**
   * @param kinds what is asked for beside what every document has
   * @returns nothing when the encounter is gone, or is no longer finished: there is no discharge to tell of.
   * @throws Fault `unavailable` or `timeout` when a context that may know more does not answer.
   */
  async of(
    caller: Caller,
    encounterId: string,
    kinds: readonly string[],
  ): Promise<GatheredFacts | undefined> {
    const [encounter] = await this.#ask.read(caller, encountersResources, [`Encounter/${encounterId}`]);
    if (encounter?.fields['status'] !== 'finished') return undefined;
    const [patientReference] = this.#ask.local([encounter.fields['subject']], 'Patient');
    const records = patientReference === undefined ? [] : await this.#ask.recordsOf(caller, patientReference);
    const observations = this.#observations(caller, `Encounter/${encounterId}`);
    const found = await Promise.all([
      patientReference === undefined ? [] : this.#ask.read(caller, patientsResources, [patientReference]),
      this.#directory.of(caller, encounter),
      this.#ask.read(
        caller,
        clinicalResources,
        this.#ask.local(reasons(encounter), 'Condition', 'Procedure', 'Observation'),
      ),
      observations.then(({ kept }) => kept),
      ...this.#ofStay(caller, `Encounter/${encounterId}`),
      ...(records.length === 0 ? [] : this.#ofPerson(caller, records, kinds)),
    ]);
    const [patients, ...rest] = found;
    const known = unique(rest.flat());
    const named = known.map(({ fields: resource }) => resource['medicationReference']);
    const medications = await this.#ask.read(
      caller,
      medicationsResources,
      this.#ask.local(named, 'Medication'),
    );
    // Asked for here, not read from the List: which of the two events comes first nobody says.
    const { texts } = await this.#messenger.call(caller, readReconciliation, { encounter: encounterId });
    const reconciliation = reconciliationIn(texts);
    const others = unique([...known, ...medications]);
    const { leftOut } = await observations;
    return { facts: { encounter, patient: patients?.[0], others, reconciliation }, leftOut };
  }

  /** Weeks of monitoring make a document that nobody takes: they are bounded as they are read. */
  async #observations(caller: Caller, encounter: string): Promise<ObservationSeries> {
    const series = new ObservationSeries();
    const ofStay = [refersTo('encounter', encounter)];
    for await (const page of this.#ask.pages(caller, clinicalResources, 'Observation', ofStay))
      series.add(page);
    return series;
  }

  #ofStay(caller: Caller, encounter: string): Promise<Fact[]>[] {
    const clinical = ['Condition', 'Procedure', 'DiagnosticReport', 'ServiceRequest'];
    return [
      ...clinical.map((type) =>
        this.#ask.search(caller, clinicalResources, type, [refersTo('encounter', encounter)]),
      ),
      this.#ask.search(caller, medicationsResources, 'MedicationAdministration', [
        refersTo('context', encounter),
      ]),
    ];
  }

  /** What was recorded under any of the person's records: a merge leaves it where it stands. */
  #ofPerson(caller: Caller, records: readonly string[], kinds: readonly string[]): Promise<Fact[]>[] {
    const of = refersTo('patient', ...records);
    return [
      this.#ask.search(caller, clinicalResources, 'AllergyIntolerance', [of]),
      this.#ask.search(caller, clinicalResources, 'CarePlan', [of, isOneOf('status', 'active')]),
      this.#ask.search(caller, medicationsResources, 'MedicationRequest', [of, isOneOf('status', 'active')]),
      this.#ask.search(caller, medicationsResources, 'MedicationStatement', [
        of,
        isOneOf('status', 'active'),
      ]),
      this.#ask.search(caller, encountersResources, 'Appointment', [of, isOneOf('status', 'booked')]),
      ...kinds.map((kind) => this.#ask.search(caller, clinicalResources, kind, [of])),
    ];
  }
}

/** Why it took place, as References. */
export function reasons({ fields: encounter }: Fact): readonly unknown[] {
  return [
    ...all(encounter['diagnosis']).map(({ condition }) => condition),
    ...all(encounter['reasonReference']),
  ];
}
