import { Inject, Injectable } from '@nestjs/common';
import { clinicalResources } from '#clinical/contract';
import { directoryResources } from '#directory/contract';
import { encountersResources } from '#encounters/contract';
import { patientsResources } from '#patients/contract';
import type { Caller } from '#platform/access';
import { fields } from '#platform/fhir';
import { AskNeighbours, refersTo, unique } from './ask-neighbours.ts';
import { type Fact } from './domain/fact.ts';
import type { NoticeFacts } from './domain/notice-message.ts';
import { careGivers, reasons } from './gather-discharge-facts.ts';

/** A PL has six levels, from the bed to the facility; a facility tree may have some more. Those beyond are not told. */
const mostPlacesAround = 8;

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

  /** Who treats where; of a role the person, of a place and a role the organization, of a place those around it. */
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
    const [beyond, around] = await Promise.all([
      this.#ask.read(caller, directoryResources, further),
      this.#placesAround(caller, near),
    ]);
    return unique([...near, ...beyond, ...around]);
  }

  /** A bed is named by the room, the ward and the building that it is in: all beds of a step are asked for at once. */
  async #placesAround(caller: Caller, inner: readonly Fact[]): Promise<readonly Fact[]> {
    const found: Fact[] = [];
    const asked = new Set<string>();
    let places = inner;
    for (let step = 0; step < mostPlacesAround; step += 1) {
      const partOf = places.filter(({ type }) => type === 'Location').map(({ fields }) => fields['partOf']);
      const outer = this.#ask.local(partOf, 'Location').filter((each) => !asked.has(each));
      if (outer.length === 0) break;
      for (const each of outer) asked.add(each);
      places = await this.#ask.read(caller, directoryResources, outer);
      found.push(...places);
    }
    return found;
  }
}
