import { Inject, Injectable } from '@nestjs/common';
import { directoryResources } from '#directory/contract';
import type { Caller } from '#platform/access';
import { all } from '#platform/fhir';
import { AskNeighbours, unique } from './ask-neighbours.ts';
import { type Fact } from './domain/fact.ts';
import { mostPlacesAround } from './domain/places.ts';

/** Who treats where, as the directory knows them: a notice names them, and so does a document. */
@Injectable()
export class GatherDirectory {
  readonly #ask: AskNeighbours;

  constructor(@Inject(AskNeighbours) ask: AskNeighbours) {
    this.#ask = ask;
  }

  /**
   * Of a role the person, of a place and a role the organization, of a place those around it.
   *
   * @throws Fault `unavailable` or `timeout` when the directory does not answer.
   */
  async of(caller: Caller, encounter: Fact): Promise<readonly Fact[]> {
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

/** Who had to do with a stay, as References. */
export function careGivers({ fields: encounter }: Fact): readonly unknown[] {
  return [
    ...all(encounter['participant']).map(({ individual }) => individual),
    ...all(encounter['location']).map(({ location }) => location),
    encounter['serviceProvider'],
  ];
}
