import { Inject, Injectable } from '@nestjs/common';
import { replacedBy } from '#patients/contract';
import type { Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import {
  resourceContracts,
  ResourceStoreToken,
  type LocalReference,
  type Resource,
  type ResourceStore,
} from '#platform/store';
import type { MappedResource } from '#platform/v2-to-fhir';
import { ResourceOwners } from '../resource-owners.ts';
import { address, type Known, type KnownResources } from './known.ts';
import { Refused } from './refused.ts';

/** Found by their identifiers, whoever stored them; what else a message makes, it finds again by the id it gave. */
const foundByIdentifier = new Set(['Patient', 'Encounter']);
const longestChain = 16;

export interface Resolved {
  /** Those whose ids are final; references of others to them are led along. */
  readonly resources: readonly MappedResource[];
  /** Of those that were found by their identifiers, as they are now. */
  readonly known: KnownResources;
}

/** Where a resource of the message belongs. */
interface Place {
  readonly resource: MappedResource;
  readonly id: string;
  readonly known?: Known | undefined;
}

/** Whether only its identifier tells which resource it is. */
export function isFoundByIdentifier({ type, identity }: MappedResource): boolean {
  return foundByIdentifier.has(type) && identity !== undefined;
}

/**
 * Puts the resources of a message where they belong: a patient or a stay that is known by its identifier is that one, and
 * what is said of a patient who was merged into another is said of the other.
 */
@Injectable()
export class ResolveIdentities {
  readonly #messenger: Messenger;
  readonly #owners: ResourceOwners;
  readonly #localReference: LocalReference;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(ResourceOwners) owners: ResourceOwners,
    @Inject(ResourceStoreToken) { localReference }: Pick<ResourceStore, 'localReference'>,
  ) {
    this.#messenger = messenger;
    this.#owners = owners;
    this.#localReference = localReference;
  }

  async resolve(caller: Caller, resources: readonly MappedResource[]): Promise<Resolved> {
    const known = new Map<string, Known>();
    const moved = new Map<string, string>();
    const settle = async (places: readonly Promise<Place>[]) => {
      for (const { resource, id, known: found } of await Promise.all(places)) {
        if (found !== undefined) known.set(address(found.stored), found);
        if (id !== resource.id) moved.set(address(resource), address({ type: resource.type, id }));
      }
    };
    const sought = resources.filter(isFoundByIdentifier);
    // Asked all at once, so that those of one context share a round trip to its database.
    await settle(sought.filter((each) => !this.#isMerged(each)).map((each) => this.#find(caller, each)));
    // Who is merged is told from the survivor, so the survivor is found first.
    await settle(
      sought.filter((each) => this.#isMerged(each)).map((each) => this.#findMerged(caller, each, moved)),
    );
    if (moved.size === 0) return { resources, known };
    const led = resources.map((resource) => {
      const id = moved.get(address(resource))?.split('/')[1] ?? resource.id;
      return { ...resource, id, content: { ...(redirected(resource.content, moved) as object), id } };
    });
    return { resources: led, known };
  }

  /** The patient whom a reference `Patient/…` means by now. */
  async survivorOf(caller: Caller, reference: string): Promise<string> {
    const [patient] = await this.#patients(caller, reference);
    return patient === undefined
      ? reference
      : address({ type: 'Patient', ...(await this.#survivor(caller, patient)) });
  }

  async #find(caller: Caller, resource: MappedResource): Promise<Place> {
    const { type, id } = resource;
    const [first, ...more] = await this.#matches(caller, resource);
    if (first === undefined) return { resource, id };
    // Both of a merge carry the old number: the one whom the number made is asked where it leads.
    const found = [first, ...more].find(({ stored }) => stored.id === id) ?? first;
    if (type !== 'Patient') return { resource, id: found.stored.id, known: found };
    return { resource, ...(await this.#survivor(caller, found)) };
  }

  /**
   * The one who is merged into another, which the survivor, who carries both numbers, never is.
   *
   * @throws Refused when the number has led to the survivor since before: the merge goes the other way round
   */
  async #findMerged(
    caller: Caller,
    resource: MappedResource,
    moved: ReadonlyMap<string, string>,
  ): Promise<Place> {
    const mapped = this.#replacedBy(resource.content) ?? '';
    const survivor = moved.get(mapped) ?? mapped;
    const others = (await this.#matches(caller, resource)).filter(
      ({ stored }) => address(stored) !== survivor,
    );
    const found =
      others.find(({ text }) => this.#replacedBy(JSON.parse(text)) === survivor) ??
      others.find(({ stored }) => stored.id === resource.id) ??
      others[0];
    if (found !== undefined) return { resource, id: found.stored.id, known: found };
    if (address(resource) === survivor) throw new Refused(resource, mergedTheOtherWay());
    return { resource, id: resource.id };
  }

  async #matches(caller: Caller, { type, identity }: MappedResource): Promise<readonly Known[]> {
    const search = {
      filters: [{ parameter: 'identifier', type: 'token' as const, values: [identity!] }],
      sort: [],
      count: 8,
      total: 'none' as const,
    };
    const { result, texts } = await this.#messenger.call(caller, this.#of(type).search, { type, search });
    return result.matches.map((stored, at) => ({ stored, text: texts[at]! }));
  }

  /** Where a patient leads who was merged into one who was merged into one … */
  async #survivor(caller: Caller, patient: Known): Promise<Omit<Place, 'resource'>> {
    let place: Omit<Place, 'resource'> = { id: patient.stored.id, known: patient };
    for (let step = 0; step < longestChain && place.known !== undefined; step += 1) {
      const next = this.#replacedBy(JSON.parse(place.known.text));
      if (next === undefined) return place;
      const [known] = await this.#patients(caller, next);
      place = { id: next.slice('Patient/'.length), known };
    }
    return place;
  }

  async #patients(caller: Caller, ...references: string[]): Promise<readonly Known[]> {
    const { readMany } = this.#of('Patient');
    const { result, texts } = await this.#messenger.call(caller, readMany, { references });
    return result.map((stored, at) => ({ stored, text: texts[at]! }));
  }

  /** The message that merges says so of the one who is merged, and of nobody else. */
  #isMerged({ type, content }: MappedResource): boolean {
    return type === 'Patient' && this.#replacedBy(content) !== undefined;
  }

  #replacedBy(patient: unknown): string | undefined {
    return replacedBy(patient as Resource, this.#localReference);
  }

  #of(type: string) {
    return resourceContracts(this.#owners.contextOf(type)!);
  }
}

function mergedTheOtherWay(): Fault {
  const diagnostics =
    'The patient of MRG-1 is the one into whom the patient of PID-3 was merged before. Take that merge back first.';
  const issues = [
    { severity: 'error' as const, code: 'business-rule', diagnostics, expression: 'Patient.identifier[0]' },
  ];
  return new Fault('business-rule', diagnostics, { issues });
}

/** The same, with references to what is elsewhere led there. */
function redirected(value: unknown, moved: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => redirected(item, moved));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'reference' && typeof inner === 'string'
        ? (moved.get(inner) ?? inner)
        : redirected(inner, moved),
    ]),
  );
}
