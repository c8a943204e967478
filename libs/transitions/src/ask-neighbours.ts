import { Inject, Injectable } from '@nestjs/common';
import { patientLookup, personRecords } from '#patients/contract';
import type { Caller } from '#platform/access';
import { Fault, fields, type SearchFilter } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import {
  ResourceStoreToken,
  type LocalReference,
  type resourceContracts,
  type ResourceStore,
} from '#platform/store';
import { fact, type Fact } from './domain/fact.ts';

const pageSize = 500;

/** The contracts of one neighbour. */
export type Resources = ReturnType<typeof resourceContracts>;

/** Reads what other contexts know, through their contracts. A context that does not answer fails the reading. */
@Injectable()
export class AskNeighbours {
  readonly #messenger: Messenger;
  readonly localReference: LocalReference;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(ResourceStoreToken) { localReference }: ResourceStore,
  ) {
    this.#messenger = messenger;
    this.localReference = localReference;
  }

  /** What is there of them; what is not is left out. */
  async read(caller: Caller, resources: Resources, references: readonly string[]): Promise<Fact[]> {
    if (references.length === 0) return [];
    const { texts } = await this.#messenger.call(caller, resources.readMany, { references: [...references] });
    return texts.map(fact);
  }

  /** All records of the person whose record this is, as `Patient/<id>`: who remains first, then who was merged into it. */
  recordsOf(caller: Caller, patient: string): Promise<readonly string[]> {
    return personRecords(patient, patientLookup(this.#messenger, caller, this.localReference));
  }

  /** One version of one. Faults: `not-found`, or `gone` when it was expunged. */
  async readVersion(
    caller: Caller,
    resources: Resources,
    wanted: { readonly type: string; readonly id: string; readonly version: number },
  ): Promise<Fact> {
    const { texts } = await this.#messenger.call(caller, resources.read, wanted);
    return fact(texts[0]!);
  }

  /** All that match. Fault `too-costly` when there are more than `most`. */
  async search(
    caller: Caller,
    resources: Resources,
    type: string,
    filters: readonly SearchFilter[],
    most = Number.POSITIVE_INFINITY,
  ): Promise<Fact[]> {
    const found: Fact[] = [];
    for await (const page of this.pages(caller, resources, type, filters)) {
      found.push(...page);
      if (found.length > most) throw tooCostly();
    }
    return found;
  }

  /** All that match, some at a time: for who does not keep them all. */
  async *pages(
    caller: Caller,
    resources: Resources,
    type: string,
    filters: readonly SearchFilter[],
  ): AsyncGenerator<readonly Fact[]> {
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = cursor === undefined ? {} : { cursor };
      const search = { filters, sort: [], count: pageSize, total: 'none' as const, ...page };
      const { result, texts } = await this.#messenger.call(caller, resources.search, { type, search });
      yield texts.map(fact);
      cursor = result.next;
    }
  }

  /** `Type/id`, each once, of the References that lead to one of the types in this installation. */
  local(references: readonly unknown[], ...types: readonly string[]): string[] {
    const found = references
      .map((reference) => this.localReference(fields(reference)['reference']))
      .filter((each) => each !== undefined && types.includes(each.slice(0, each.indexOf('/'))));
    return [...new Set(found as string[])];
  }
}

export function tooCostly(): Fault {
  return new Fault(
    'too-costly',
    'There is more in this period than can be put together at once: ask for a shorter one.',
  );
}

export function refersTo(parameter: string, ...references: readonly string[]): SearchFilter {
  const values = references.map((reference) => {
    const [targetType = '', value = ''] = reference.split('/');
    return { targetType, value };
  });
  return { parameter, type: 'reference', values };
}

export function isOneOf(parameter: string, ...codes: readonly string[]): SearchFilter {
  return { parameter, type: 'token', values: codes.map((value) => ({ value })) };
}

export function unique(facts: readonly Fact[]): Fact[] {
  return [...new Map(facts.map((one) => [`${one.type}/${one.id}`, one])).values()];
}
