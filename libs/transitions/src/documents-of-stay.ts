import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { fact, type Fact } from './domain/fact.ts';

/** A stay ends a few times at most. */
const mostFound = 100;

export interface DocumentPart extends Fact {
  readonly version: number;
}

/** The Compositions and DocumentReferences by which the documents are found that were made of a stay. */
@Injectable()
export class DocumentsOfStay {
  readonly #store: ResourceStore;

  constructor(@Inject(ResourceStoreToken) store: ResourceStore) {
    this.#store = store;
  }

  /** Those that were made here; a summary of the stay that somebody else wrote is not ours to withdraw or replace. */
  async of(caller: Caller, encounter: string): Promise<readonly DocumentPart[]> {
    const types = ['Composition', 'DocumentReference'];
    const found = await Promise.all(types.map((type) => this.#search(caller, type, encounter)));
    return found.flat().filter(({ id }) => this.#store.isOwnId(id));
  }

  async #search(caller: Caller, type: string, encounter: string): Promise<readonly DocumentPart[]> {
    const values = [{ targetType: 'Encounter', value: encounter }];
    const filters = [{ parameter: 'encounter', type: 'reference' as const, values }];
    const search = { filters, sort: [], count: mostFound, total: 'none' as const };
    const { result, texts } = await this.#store.search(caller, { type, search });
    return texts.map((text, at) => ({ ...fact(text), version: result.matches[at]!.version }));
  }
}
