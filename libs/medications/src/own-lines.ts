import { Inject, Injectable } from '@nestjs/common';
import { hasScope, type Caller } from '#platform/access';
import { Fault, type SearchFilter } from '#platform/fhir';
import { Messenger, type CallScope } from '#platform/messaging';
import type { Resource } from '#platform/store';
import { medicationsResources } from './contract/index.ts';
import { historySources } from './domain/history-line.ts';

/** A resource of this installation, as stored and as parsed. */
export interface OwnResource {
  /** `Type/id`. */
  readonly reference: string;
  readonly version: number;
  readonly text: string;
  readonly resource: Resource;
}

const searchCount = 1_000;
/** More than this is refused: a list that leaves out lines would not say so to who reads it. */
const mostLines = 20_000;

/** What this installation holds of a patient's medications. */
@Injectable()
export class OwnLines {
  readonly #messenger: Messenger;

  constructor(@Inject(Messenger) messenger: Messenger) {
    this.#messenger = messenger;
  }

  /**
   * All of the sources that the caller may search. Fault `too-costly` over 20,000 of one type.
   *
   * @param records of the patient, as `Patient/<id>`
   */
  async of(caller: Caller, records: readonly string[], within: CallScope): Promise<OwnResource[]> {
    const types = historySources.map(({ type }) => type).filter((type) => hasScope(caller, type, 's'));
    const filters = [ofPatients(records)];
    const found = await Promise.all(types.map((type) => this.search(caller, type, filters, within)));
    return found.flat();
  }

  /** The types of the sources that the caller's scopes keep from it. */
  suppressedFor(caller: Caller): string[] {
    return historySources.map(({ type }) => type).filter((type) => !hasScope(caller, type, 's'));
  }

  /** By `Medication/<id>`; what does not exist, or may not be read, is absent. */
  async medications(
    caller: Caller,
    references: readonly string[],
    within: CallScope,
  ): Promise<Map<string, Resource>> {
    if (references.length === 0 || !hasScope(caller, 'Medication', 'r')) return new Map();
    const { texts } = await this.#messenger.call(
      caller,
      medicationsResources.readMany,
      { references: [...new Set(references)] },
      { within },
    );
    const medications = texts.map((text) => JSON.parse(text) as Resource);
    return new Map(medications.map((each) => [`Medication/${String(each['id'])}`, each]));
  }

  async search(
    caller: Caller,
    type: string,
    filters: readonly SearchFilter[],
    within: CallScope,
  ): Promise<OwnResource[]> {
    const found: OwnResource[] = [];
    let cursor: string | undefined;
    do {
      const request = { type, search: searchOf(filters, cursor) };
      const { result, texts } = await this.#messenger.call(caller, medicationsResources.search, request, {
        within,
      });
      found.push(...texts.map((text, at) => ownResource(text, result.matches[at]!.version)));
      if (found.length > mostLines) {
        throw new Fault(
          'too-costly',
          `The history has more than ${mostLines} lines. Search the four types by date instead.`,
        );
      }
      cursor = result.next;
    } while (cursor !== undefined);
    return found;
  }
}

/** What refers to one of them as its patient. */
export function ofPatients(records: readonly string[]): SearchFilter {
  const values = records.map((each) => ({ targetType: 'Patient', value: each.slice('Patient/'.length) }));
  return { parameter: 'patient', type: 'reference', values };
}

function searchOf(filters: readonly SearchFilter[], cursor: string | undefined) {
  const page = cursor === undefined ? {} : { cursor };
  return { filters, sort: [], count: searchCount, total: 'none' as const, ...page };
}

function ownResource(text: string, version: number): OwnResource {
  const resource = JSON.parse(text) as Resource;
  return {
    reference: `${String(resource['resourceType'])}/${String(resource['id'])}`,
    version,
    text,
    resource,
  };
}
