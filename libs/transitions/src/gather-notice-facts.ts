import { Inject, Injectable } from '@nestjs/common';
import { clinicalResources } from '#clinical/contract';
import { directoryResources } from '#directory/contract';
import { encountersResources } from '#encounters/contract';
import { patientsResources } from '#patients/contract';
import type { Caller } from '#platform/access';
import { AskNeighbours, refersTo, unique } from './ask-neighbours.ts';
import { fields, type Fact } from './domain/fact.ts';
import type { NoticeFacts } from './domain/notice-message.ts';
import { careGivers, reasons } from './gather-discharge-facts.ts';

/** What a notice tells: the stay, the patient, who treats where, and for what. Not more: the document tells the rest. */
@Injectable()
export class GatherNoticeFacts {
  readonly #ask: AskNeighbours;

  constructor(@Inject(AskNeighbours) ask: AskNeighbours) {
    this.#ask = ask;
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
      this.#directory(caller, encounter),
      this.#ask.read(caller, clinicalResources, this.#ask.local(reasons(encounter), 'Condition')),
      this.#ask.search(caller, clinicalResources, 'Condition', [
        refersTo('encounter', `Encounter/${encounter.id}`),
      ]),
    ]);
    return { encounter, patient, others: unique([...directory, ...named, ...ofStay]) };
  }

  /** Who treats where; of a role the person, of a place and a role the organization. */
  async #directory(caller: Caller, encounter: Fact): Promise<readonly Fact[]> {
    const types = ['Practitioner', 'PractitionerRole', 'Organization', 'Location'];
    const named = this.#ask.local(careGivers(encounter), ...types);
    const near = await this.#ask.read(caller, directoryResources, named);
    const behind = near.flatMap(({ fields }) => [
      fields['practitioner'],
      fields['organization'],
      fields['managingOrganization'],
    ]);
    const further = this.#ask.local(behind, ...types).filter((reference) => !named.includes(reference));
    return [...near, ...(await this.#ask.read(caller, directoryResources, further))];
  }
}
