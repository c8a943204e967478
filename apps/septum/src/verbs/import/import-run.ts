import { ImportQueue, type QueueLimits } from './import-queue.ts';
import { KnownResources } from './known-resources.ts';
import { RecurringResources } from './recurring-resources.ts';
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
  /** What is stored now, as text, of these `Type/id`s; those that are not there are absent. */
  current(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

export interface ImportCounts {
  /** Found; a resource that recurs counts each time. */
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
  progress(counts: Readonly<ImportCounts>): void;
}

/** A JSON text to import, a Bundle or a resource, and where it stands, for people. */
export interface ImportText {
  readonly text: string;
  readonly place: string;
}

const limits: QueueLimits = { entries: 500, characters: 1_000_000, atOnce: 4 };

/**
 * Imports texts in order, in two passes. The first learns what everything is called, so that a reference may lead
 * anywhere, and which resources recur with other content. The second stores. What recurs is stored last, version by
 * version, unless its last version is what is stored already: so the same import again changes nothing.
 */
export class ImportRun {
  readonly #target: ImportTarget;
  readonly #events: ImportEvents;
  readonly #known = new KnownResources();
  readonly #recurring = new RecurringResources();
  readonly #queue: ImportQueue;
  readonly #unresolved = new Set<string>();
  readonly #counts: ImportCounts = {
    resources: 0,
    distinct: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    unresolved: [],
  };

  constructor(target: ImportTarget, events: ImportEvents) {
    this.#target = target;
    this.#events = events;
    this.#queue = new ImportQueue((batch) => this.#store(batch), limits);
  }

  /** @param texts Gives the same texts each time it is asked. */
  async run(texts: () => AsyncIterable<ImportText> | Iterable<ImportText>): Promise<Readonly<ImportCounts>> {
    for await (const { text, place } of texts()) this.#learn(text, place);
    for await (const { text, place } of texts()) await this.#import(text, place);
    await this.#queue.drain();
    await this.#importRecurring();
    const elsewhere = this.#known.elsewhere;
    const there = await this.#target.current(elsewhere);
    for (const key of elsewhere) if (!there.has(key)) this.#unresolved.add(key);
    this.#counts.unresolved = [...this.#unresolved].toSorted();
    this.#tell();
    return this.#counts;
  }

  #learn(text: string, place: string): void {
    for (const each of resourcesInText(text, place)) {
      if ('reasons' in each) continue;
      this.#known.add(each);
      this.#recurring.learn(each);
    }
  }

  async #import(text: string, place: string): Promise<void> {
    for (const each of resourcesInText(text, place)) {
      this.#counts.resources++;
      if ('reasons' in each) {
        this.#reject(each);
        continue;
      }
      const rewritten = this.#known.rewrite(each.text);
      for (const reference of rewritten.unresolved) this.#unresolved.add(reference);
      const resource = { ...each, text: rewritten.text };
      if (!this.#recurring.hold(resource)) await this.#queue.add(resource);
    }
  }

  async #importRecurring(): Promise<void> {
    const keys = [...this.#recurring.held.keys()];
    const stored = await this.#target.current(keys);
    for (const [key, versions] of this.#recurring.held) {
      if (this.#recurring.endsAs(key, stored.get(key))) this.#counts.unchanged += versions.length;
      else for (const version of versions) await this.#queue.add(version);
    }
    await this.#queue.drain();
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
    this.#events.progress(this.#counts);
  }
}
