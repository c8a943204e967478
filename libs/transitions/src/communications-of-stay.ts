import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#platform/access';
import type { SearchFilter } from '#platform/fhir';
import { ResourceStoreToken, type ResourceStore, type WriteEntry } from '#platform/store';
import { tooCostly } from './ask-neighbours.ts';
import { calledOff } from './domain/communication.ts';
import { fact, type Fact } from './domain/fact.ts';

const pageSize = 500;
const mostFound = 200_000;

export interface StoredCommunication extends Fact {
  readonly version: number;
}

/** What was, is or is not to be told of stays. */
@Injectable()
export class CommunicationsOfStay {
  readonly #store: ResourceStore;

  constructor(@Inject(ResourceStoreToken) store: ResourceStore) {
    this.#store = store;
  }

  /** Those that were made here; who else writes Communications of the stay settles them too. */
  of(caller: Caller, ...encounters: readonly string[]): Promise<readonly StoredCommunication[]> {
    const values = encounters.map((value) => ({ targetType: 'Encounter', value }));
    return this.#search(caller, { parameter: 'encounter', type: 'reference', values });
  }

  /** Those of all stays that were made or changed at or after an instant. Fault `too-costly` when there are too many. */
  changedSince(caller: Caller, instant: string): Promise<readonly StoredCommunication[]> {
    const values = [{ prefix: 'ge' as const, value: instant }];
    return this.#search(caller, { parameter: '_lastUpdated', type: 'date', values });
  }

  async #search(caller: Caller, filter: SearchFilter): Promise<readonly StoredCommunication[]> {
    const found: StoredCommunication[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = cursor === undefined ? {} : { cursor };
      const search = { filters: [filter], sort: [], count: pageSize, total: 'none' as const, ...page };
      const { result, texts } = await this.#store.search(caller, { type: 'Communication', search });
      found.push(...texts.map((text, at) => ({ ...fact(text), version: result.matches[at]!.version })));
      cursor = result.next;
      if (found.length > mostFound) throw tooCostly();
    }
    return found.filter(({ id }) => this.#store.isOwnId(id));
  }
}

/** The writes by which what was not told yet is not told any more. Under the versions that were read: it may be told just now. */
export function callingOff(communications: readonly StoredCommunication[]): readonly WriteEntry[] {
  return communications.flatMap(({ text, version: ifMatch }) => {
    const changed = calledOff(text);
    if (changed === undefined) return [];
    const { type, id } = changed;
    return [{ request: { method: 'update' as const, type, id, ifMatch }, text: changed.text }];
  });
}

/** The writes by which resources are made anew; what is there already stays and refuses them. */
export function making(
  resources: readonly { readonly type: string; readonly id: string; readonly text: string }[],
): readonly WriteEntry[] {
  return resources.map(({ type, id, text }) => ({
    request: { method: 'update' as const, type, id, ifMatch: 0 },
    text,
  }));
}
