import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Messenger } from '#platform/messaging';
import { resourceContracts } from '#platform/store';
import type { MappedResource } from '#platform/v2-to-fhir';
import { ResourceOwners } from '../resource-owners.ts';

/** Found by their identifiers, whoever stored them; what else a message makes, it finds again by the id it gave. */
const foundByIdentifier = new Set(['Patient', 'Encounter']);
const longestChain = 16;

interface Linked {
  readonly link?: readonly { readonly type?: string; readonly other?: { readonly reference?: string } }[];
}

/**
 * Puts the resources of a message where they belong: a patient or a stay that is known by its identifier is that one, and
 * what is said of a patient who was merged into another is said of the other.
 */
@Injectable()
export class ResolveIdentities {
  readonly #messenger: Messenger;
  readonly #owners: ResourceOwners;

  constructor(@Inject(Messenger) messenger: Messenger, @Inject(ResourceOwners) owners: ResourceOwners) {
    this.#messenger = messenger;
    this.#owners = owners;
  }

  async resolve(caller: Caller, resources: readonly MappedResource[]): Promise<readonly MappedResource[]> {
    const moved = new Map<string, string>();
    for (const resource of resources) {
      if (!foundByIdentifier.has(resource.type)) continue;
      const id = await this.#find(caller, resource);
      if (id !== resource.id) moved.set(`${resource.type}/${resource.id}`, `${resource.type}/${id}`);
    }
    if (moved.size === 0) return resources;
    return resources.map((resource) => {
      const id = moved.get(`${resource.type}/${resource.id}`)?.split('/')[1] ?? resource.id;
      return { ...resource, id, content: { ...(redirected(resource.content, moved) as object), id } };
    });
  }

  async #find(caller: Caller, { type, id, identity, content }: MappedResource): Promise<string> {
    if (identity === undefined) return id;
    const search = {
      filters: [{ parameter: 'identifier', type: 'token' as const, values: [identity] }],
      sort: [],
      count: 8,
      total: 'none' as const,
    };
    const { result, texts } = await this.#messenger.call(caller, this.#of(type).search, { type, search });
    // Both of a merge carry the old number: the one whom the number made is asked where it leads.
    const own = result.matches.findIndex((match) => match.id === id);
    const at = own < 0 ? 0 : own;
    const found = result.matches[at]?.id;
    if (found === undefined) return id;
    // The message that merges says so of the one who is merged, and of nobody else.
    if (type !== 'Patient' || replacedBy(content) !== undefined) return found;
    return this.#survivor(caller, found, texts[at]);
  }

  /** Where a patient leads who was merged into one who was merged into one … */
  async #survivor(caller: Caller, patient: string, text: string | undefined): Promise<string> {
    let [survivor, of] = [patient, text];
    for (let step = 0; step < longestChain; step += 1) {
      const next = of === undefined ? undefined : replacedBy(JSON.parse(of) as Linked);
      if (next === undefined) return survivor;
      const references = [`Patient/${next}`];
      const { texts } = await this.#messenger.call(caller, this.#of('Patient').readMany, { references });
      [survivor, of] = [next, texts[0]];
    }
    return survivor;
  }

  #of(type: string) {
    return resourceContracts(this.#owners.contextOf(type)!);
  }
}

/** https://hl7.org/fhir/R4/valueset-link-type.html */
function replacedBy(patient: Linked): string | undefined {
  const link = patient.link?.find(({ type }) => type === 'replaced-by');
  return /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(link?.other?.reference ?? '')?.[1];
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
