import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { asFault, Fault, parseLexical } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import { resourceContracts, type Stored } from '#platform/store';
import { merge, type MappedResource } from '#platform/v2-to-fhir';
import { calledOff } from '../domain/called-off.ts';
import { ResourceOwners } from '../resource-owners.ts';
import { ResolveIdentities } from './resolve-identities.ts';

/** Other writers may be at the same resource; each time it is read anew. */
const attempts = 5;
const sideBySide = 8;

type Json = Readonly<Record<string, unknown>>;

interface Known {
  readonly stored: Stored;
  readonly text: string;
}

const address = ({ type, id }: { readonly type: string; readonly id: string }) => `${type}/${id}`;

/** The owner of a type refuses one resource of the message. */
export class Refused extends Error {
  constructor(
    readonly resource: MappedResource,
    readonly fault: Fault,
  ) {
    super(fault.message);
    this.name = 'Refused';
  }
}

/**
 * Lays what a message says over what its resources hold, each in the context that owns it. Done twice it changes nothing
 * the second time, so an apply that was broken off is simply done again. Encounters come last: whoever hears that a stay
 * ended finds all that the same message said of it.
 */
@Injectable()
export class ApplyResources {
  readonly #messenger: Messenger;
  readonly #owners: ResourceOwners;
  readonly #identities: ResolveIdentities;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(ResourceOwners) owners: ResourceOwners,
    @Inject(ResolveIdentities) identities: ResolveIdentities,
  ) {
    this.#messenger = messenger;
    this.#owners = owners;
    this.#identities = identities;
  }

  /**
   * @param source what `meta.source` says of what is written
   * @returns the ids of the patients whom it concerns
   * @throws Refused when a context refuses one of them; Fault when it does not answer
   */
  async apply(caller: Caller, mapped: readonly MappedResource[], source: string): Promise<readonly string[]> {
    const resources = await this.#identities.resolve(caller, mapped);
    const known = await this.#read(caller, resources);
    const write = (resource: MappedResource) =>
      this.#write(caller, resource, known.get(address(resource)), source);
    const encounters = resources.filter(({ type }) => type === 'Encounter');
    const others = resources.filter(({ type }) => type !== 'Encounter');
    for (let from = 0; from < others.length; from += sideBySide)
      await Promise.all(others.slice(from, from + sideBySide).map(write));
    for (const each of encounters) await write(each);
    return [...new Set(resources.filter(({ type }) => type === 'Patient').map(({ id }) => id))];
  }

  /** What is there of them, asked of each context once. */
  async #read(caller: Caller, resources: readonly MappedResource[]): Promise<ReadonlyMap<string, Known>> {
    const byContext = Map.groupBy(resources, ({ type }) => this.#contextOf(type));
    const known = new Map<string, Known>();
    await Promise.all(
      [...byContext].map(async ([context, own]) => {
        const { readMany } = resourceContracts(context);
        const references = [...new Set(own.map(address))];
        const { result, texts } = await this.#messenger.call(caller, readMany, { references });
        result.forEach((stored, at) => known.set(address(stored), { stored, text: texts[at]! }));
      }),
    );
    return known;
  }

  async #write(
    caller: Caller,
    resource: MappedResource,
    known: Known | undefined,
    source: string,
  ): Promise<void> {
    const { type, id } = resource;
    const { write } = resourceContracts(this.#contextOf(type));
    let now = known;
    for (let attempt = 1; ; attempt += 1) {
      const before = now && (parseLexical(now.text) as Json);
      const after = calledOff(before, merge(before, resource) as Json, resource.mode);
      if (before !== undefined && JSON.stringify(after) === JSON.stringify(before)) return;
      const text = JSON.stringify({ ...after, meta: { ...(after['meta'] as Json | undefined), source } });
      // What is not there and yet in the way was deleted: then it is made anew.
      const ifMatch = now?.stored.version ?? (attempt === 1 ? 0 : undefined);
      const condition = ifMatch === undefined ? {} : { ifMatch };
      try {
        await this.#messenger.call(
          caller,
          write,
          { method: 'update', type, id, ...condition },
          { texts: [text] },
        );
        return;
      } catch (error) {
        const fault = asFault(error);
        if (fault.kind !== 'version-conflict' || attempt === attempts) throw new Refused(resource, fault);
        now = (await this.#read(caller, [resource])).get(address(resource));
      }
    }
  }

  #contextOf(type: string): string {
    const context = this.#owners.contextOf(type);
    if (context === undefined)
      throw new Fault('not-supported', 'The message makes a resource of a type that nobody here owns.');
    return context;
  }
}
