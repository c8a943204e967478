import { Inject, Injectable } from '@nestjs/common';
import { clinicalResources } from '#clinical/contract';
import { encountersResources } from '#encounters/contract';
import { patientsResources } from '#patients/contract';
import type { Caller } from '#platform/access';
import { fields } from '#platform/fhir';
import { AskNeighbours, refersTo, unique } from './ask-neighbours.ts';
import { type Fact } from './domain/fact.ts';
import type { NoticeFacts } from './domain/notice-message.ts';
import { GatherDirectory } from './gather-directory.ts';
import { reasons } from './gather-discharge-facts.ts';

/** What a notice tells: the stay, the patient, who treats where, and for what. Not more: the document tells the rest. */
@Injectable()
export class GatherNoticeFacts {
  readonly #ask: AskNeighbours;
  readonly #directory: GatherDirectory;

  constructor(
    @Inject(AskNeighbours) ask: AskNeighbours,
    @Inject(GatherDirectory) directory: GatherDirectory,
  ) {
    this.#ask = ask;
    this.#directory = directory;
  }

  /** The encounter as it is now; absent when it is gone. */
  async encounter(caller: Caller, id: string): Promise<Fact | undefined> {
    const [encounter] = await this.#ask.read(caller, encountersResources, [`Encounter/${id}`]);
    return encounter;
  }

  /** The same as it was in another version: when something happened of which is told later. */
  async inVersion(caller: Caller, encounter: Fact, version: number): Promise<Fact> {
    if (fields(encounter.fields['meta'])['versionId'] === String(version)) return encounter;
    return this.#ask.readVersion(caller, encountersResources, {
      type: 'Encounter',
      id: encounter.id,
      version,
    });
  }

  async patientOf(caller: Caller, encounter: Fact): Promise<Fact | undefined> {
    const references = this.#ask.local([encounter.fields['subject']], 'Patient');
    const [patient] = await this.#ask.read(caller, patientsResources, references);
    return patient;
  }

  /** @throws Fault `unavailable` or `timeout` when a context that may know more does not answer. */
  async of(caller: Caller, encounter: Fact, patient: Fact | undefined): Promise<NoticeFacts> {
    const [directory, named, ofStay] = await Promise.all([
      this.#directory.of(caller, encounter),
      this.#ask.read(caller, clinicalResources, this.#ask.local(reasons(encounter), 'Condition')),
      this.#ask.search(caller, clinicalResources, 'Condition', [
        refersTo('encounter', `Encounter/${encounter.id}`),
      ]),
    ]);
    return { encounter, patient, others: unique([...directory, ...named, ...ofStay]) };
  }
}
