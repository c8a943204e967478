import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { asFault, Fault } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import { resourceContracts } from '#platform/store';
import { merge, type MappedResource } from '#platform/v2-to-fhir';
import { calledOff } from '../domain/called-off.ts';
import { ResourceOwners } from '../resource-owners.ts';
import { parseLexical } from './lexical-json.ts';
import { ResolveIdentities } from './resolve-identities.ts';

/** Other writers may be at the same resource; each time it is read anew. */
const attempts = 5;
const sideBySide = 8;

type Json = Readonly<Record<string, unknown>>;

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
    const encounters = resources.filter(({ type }) => type === 'Encounter');
    const others = resources.filter(({ type }) => type !== 'Encounter');
    for (let from = 0; from < others.length; from += sideBySide)
      await Promise.all(
        others.slice(from, from + sideBySide).map((each) => this.#write(caller, each, source)),
      );
    for (const each of encounters) await this.#write(caller, each, source);
    return [...new Set(resources.filter(({ type }) => type === 'Patient').map(({ id }) => id))];
  }

  async #write(caller: Caller, resource: MappedResource, source: string): Promise<void> {
    const { type, id } = resource;
    const { readMany, write } = resourceContracts(this.#contextOf(type));
    for (let attempt = 1; ; attempt += 1) {
      const { result, texts } = await this.#messenger.call(caller, readMany, {
        references: [`${type}/${id}`],
      });
      const before = texts[0] === undefined ? undefined : (parseLexical(texts[0]) as Json);
      const after = calledOff(before, merge(before, resource) as Json, resource.mode);
      if (before !== undefined && JSON.stringify(after) === JSON.stringify(before)) return;
      const text = JSON.stringify({ ...after, meta: { ...(after['meta'] as Json | undefined), source } });
      const ifMatch = result[0]?.version ?? 0;
      try {
        await this.#messenger.call(caller, write, { method: 'update', type, id, ifMatch }, { texts: [text] });
        return;
      } catch (error) {
        const fault = asFault(error);
        if (fault.kind !== 'version-conflict' || attempt === attempts) throw new Refused(resource, fault);
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
