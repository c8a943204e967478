import type { ImportFile } from './import-files.ts';
import { textsIn } from './import-files.ts';
import { ImportQueue, type QueueLimits } from './import-queue.ts';
import { KnownResources } from './known-resources.ts';
import { resourcesInText, type FoundResource, type NotImportable } from './resources-in-text.ts';

/** What became of a batch. `rejected` names entries by their place in the batch. */
export interface BatchOutcome {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: readonly { readonly index: number; readonly reasons: readonly string[] }[];
}

export interface ImportTarget {
  store(batch: readonly FoundResource[]): Promise<BatchOutcome>;
  /** Those of the `Type/id`s that are not there. */
  missing(keys: readonly string[]): Promise<readonly string[]>;
}

export interface ImportCounts {
  files: number;
  /** Found in the files; a resource that recurs counts each time. */
  resources: number;
  distinct: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  /** References that resolve to nothing; they are kept as they are. */
  unresolved: readonly string[];
}

export interface ImportEvents {
  rejected(what: NotImportable): void;
  progress(counts: Readonly<ImportCounts>, bytesRead: number): void;
}

const limits: QueueLimits = { entries: 500, characters: 1_000_000, atOnce: 4 };

/** Imports files in order. What refers to something not yet found waits for the end, when everything is known. */
export class ImportRun {
  readonly #target: ImportTarget;
  readonly #events: ImportEvents;
  readonly #known = new KnownResources();
  readonly #queue: ImportQueue;
  readonly #waiting: FoundResource[] = [];
  readonly #waitingKeys = new Set<string>();
  readonly #counts: ImportCounts = {
    files: 0,
    resources: 0,
    distinct: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    unresolved: [],
  };
  #bytesRead = 0;

  constructor(target: ImportTarget, events: ImportEvents) {
    this.#target = target;
    this.#events = events;
    this.#queue = new ImportQueue((batch) => this.#store(batch), limits);
  }

  async files(files: readonly ImportFile[]): Promise<void> {
    for (const { path, bytes } of files) {
      for await (const { text, line } of textsIn(path)) {
        await this.text(text, line === undefined ? path : `${path} line ${line}`);
      }
      this.#counts.files++;
      this.#bytesRead += bytes;
      this.#tell();
    }
  }

  /** Imports one JSON text: a Bundle or a resource. */
  async text(text: string, place: string): Promise<void> {
    const found: FoundResource[] = [];
    for (const each of resourcesInText(text, place)) {
      this.#counts.resources++;
      if ('reasons' in each) this.#reject(each);
      else found.push(each);
    }
    // A Bundle's entries may refer ahead: all are known before the first is rewritten.
    for (const resource of found) this.#known.add(resource);
    for (const resource of found) await this.#take(resource);
  }

  /** Sends what waited and answers what everything came to. */
  async finish(): Promise<Readonly<ImportCounts>> {
    await this.#queue.drain();
    const unresolved = new Set<string>();
    for (const resource of this.#waiting) {
      const rewritten = this.#known.rewrite(resource.text);
      for (const reference of rewritten.unresolved) unresolved.add(reference);
      await this.#queue.add({ ...resource, text: rewritten.text });
    }
    await this.#queue.drain();
    for (const key of await this.#target.missing(this.#known.elsewhere)) unresolved.add(key);
    this.#counts.unresolved = [...unresolved].toSorted();
    this.#tell();
    return this.#counts;
  }

  /** A further version of a resource that waits must wait too, or it would be stored before. */
  async #take(resource: FoundResource): Promise<void> {
    const key = `${resource.type}/${resource.id}`;
    const { text, unresolved } = this.#known.rewrite(resource.text);
    if (unresolved.length === 0 && !this.#waitingKeys.has(key)) return this.#queue.add({ ...resource, text });
    this.#waiting.push(resource);
    this.#waitingKeys.add(key);
  }

  async #store(batch: readonly FoundResource[]): Promise<void> {
    const outcome = await this.#target.store(batch);
    this.#counts.created += outcome.created;
    this.#counts.updated += outcome.updated;
    this.#counts.unchanged += outcome.unchanged;
    for (const { index, reasons } of outcome.rejected) {
      const { place, text } = batch[index]!;
      this.#reject({ place, reasons, text });
    }
    this.#tell();
  }

  #reject(what: NotImportable): void {
    this.#counts.rejected++;
    this.#events.rejected(what);
  }

  #tell(): void {
    this.#counts.distinct = this.#known.count;
    this.#events.progress(this.#counts, this.#bytesRead);
  }
}
