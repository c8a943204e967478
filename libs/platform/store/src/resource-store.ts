import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { localReference } from '#platform/fhir';
import type { NewEvent, Reply } from '#platform/messaging';
import type { CountResources, Imported, ImportResources } from './contract/import.ts';
import type {
  Found,
  ReadCompartment,
  ReadHistory,
  ReadResource,
  ReadResources,
  SearchResources,
  Stored,
  WriteResource,
  WriteResult,
  Written,
} from './contract/resource.ts';
import { importResources } from './import-resources.ts';
import { recordDisclosure, type RecordedDisclosure } from './audit/record-disclosure.ts';
import type { OwnId } from './own-ids.ts';
import { readCompartment } from './read-compartment.ts';
import { readHistory } from './read-history.ts';
import { readMany } from './read-many.ts';
import { readResource } from './read-resource.ts';
import { countResources } from './resource-counts.ts';
import { ResourceSearch } from './search/search-resources.ts';
import { StoreParts, type StoreOptions } from './store-parts.ts';
import type { LocalReference } from './write-rule.ts';
import { ResourceWriter } from './write/resource-writer.ts';
import type { WriteEntry } from './write/write-entry.ts';

/**
 * The FHIR resources of one context. Every method takes the caller first, refuses what his scopes do not allow, shows
 * and changes only what his row policy lets him see, and answers once the access is durably recorded.
 */
export interface ResourceStore {
  read(caller: Caller, request: ReadResource): Promise<Reply<Stored>>;
  readMany(caller: Caller, request: ReadResources): Promise<Reply<readonly Stored[]>>;
  search(caller: Caller, request: SearchResources): Promise<Reply<Found>>;
  history(caller: Caller, request: ReadHistory): Promise<Reply<Found>>;
  compartment(caller: Caller, request: ReadCompartment): Promise<Reply<Found>>;
  /** `text`: the resource, absent for a delete. Answers the resource as it is stored. */
  write(caller: Caller, request: WriteResource, text?: string, traceparent?: string): Promise<Reply<Written>>;
  /** Each as by `write`; one that is refused hinders no other. */
  writeMany(
    caller: Caller,
    entries: readonly WriteEntry[],
    traceparent?: string,
  ): Promise<Reply<readonly WriteResult[]>>;
  /** Writes in a transaction that the caller of this method was handed; throws unless all of it can be written. */
  writeIn(
    transaction: Transaction,
    caller: Caller,
    entries: readonly WriteEntry[],
    options?: { events?: readonly NewEvent[]; traceparent?: string },
  ): Promise<Reply<readonly Written[]>>;
  import(caller: Caller, request: ImportResources, texts: readonly string[]): Promise<Reply<Imported>>;
  counts(caller: Caller, request: CountResources): Promise<Reply<Readonly<Record<string, number>>>>;
  /** Records that data leave, or are asked for elsewhere, where no answer of this store is what leaves. */
  recordDisclosure(caller: Caller, disclosure: RecordedDisclosure): Promise<void>;
  readonly localReference: LocalReference;
  /** The id of what this part makes itself: nobody but Septum writes under it. */
  readonly ownId: OwnId;
  /** Whether it is such an id: what has it was made here, and not sent by another Septum. */
  readonly isOwnId: (id: string) => boolean;
  /** Where the API is, `https://fhir.hospital.example/fhir/R4`; undefined while it is not known. */
  readonly ownBase: string | undefined;
}

export function createResourceStore(options: StoreOptions): ResourceStore {
  const parts = new StoreParts(options);
  const writer = new ResourceWriter(parts);
  const search = new ResourceSearch(parts);
  return {
    read: (caller, request) => readResource(parts, caller, request),
    readMany: (caller, request) => readMany(parts, caller, request),
    search: (caller, request) => search.search(caller, request),
    history: (caller, request) => readHistory(parts, caller, request),
    compartment: (caller, request) => readCompartment(parts, caller, request),
    write: (caller, request, text, traceparent) => writer.write(caller, request, text, traceparent),
    writeMany: (caller, entries, traceparent = '') => writer.writeMany(caller, entries, traceparent),
    writeIn: (transaction, caller, entries, written) => writer.writeIn(transaction, caller, entries, written),
    import: (caller, request, texts) => importResources(parts, caller, request, texts),
    counts: (caller, request) => countResources(parts, caller, request),
    recordDisclosure: (caller, disclosure) => recordDisclosure(parts, caller, disclosure),
    localReference: (reference) => localReference(reference, parts.ownBase),
    ownId: (...from) => parts.ownIds.of(...from),
    isOwnId: (id) => parts.ownIds.has(id),
    get ownBase() {
      return parts.ownBase;
    },
  };
}
