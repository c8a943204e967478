import { randomUUID } from 'node:crypto';
import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { ContextDatabase } from '#platform/database';
import { LeaseKeeper, WorkLoop } from '#platform/messaging';

const pollMs = 1_000;
const sweepEveryMs = 3_600_000;
/** What is slow holds up nothing else, and takes one of these places. */
const mostAtOnce = 32;

/** Work that is found in the part's own tables. */
export interface LeasedWorkParts<Item> {
  /** Of its lease, for ever; and in the log. */
  readonly name: string;
  /** What is to be done now, at most so many; nothing under the keys of what is being done. */
  due(busy: readonly string[], most: number): Promise<readonly Item[]>;
  /** What has the same key is done one after the other. */
  keyOf(item: Item): string;
  perform(item: Item, signal: AbortSignal): Promise<void>;
  /** Clears away what is of no more use, once in a while. */
  sweep?(): Promise<void>;
}

/**
 * Does what is due while this process has the lease for it: one copy at a time, one item of a key at a time, different
 * keys beside each other. A copy that dies is followed by another within seconds, which begins with what is not known to
 * be done.
 */
export class LeasedWork<Item> implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #parts: LeasedWorkParts<Item>;
  readonly #leases: LeaseKeeper;
  readonly #loop: WorkLoop;
  readonly #log = new Logger('exchange');
  readonly #busy = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #nextSweep = 0;

  constructor(database: ContextDatabase, parts: LeasedWorkParts<Item>) {
    this.#parts = parts;
    const onError = (error: unknown) => this.#log.warn({ component: parts.name, error });
    this.#leases = new LeaseKeeper(database, randomUUID(), () => this.poke(), onError);
    this.#loop = new WorkLoop(
      () => this.#step(),
      () => pollMs,
      onError,
    );
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  /** What is under way is broken off: it comes again, from the next copy. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort(new Error('This process stops.'));
    await this.#loop.stop();
    await Promise.all(this.#busy.values());
    await this.#leases.stop();
  }

  /** There may be something to do. */
  poke(): void {
    this.#loop.poke();
  }

  async #step(): Promise<boolean> {
    const due = await this.#due();
    if (due.length === 0 && this.#busy.size === 0) return false;
    if ((await this.#leases.take(this.#parts.name)) === undefined || due.length === 0) return false;
    await this.#sweep();
    // Asked again under the lease: before it, another copy may have done what was to be done.
    for (const item of await this.#due()) this.#begin(item);
    return false;
  }

  /** What is at work when this is asked is left out, though it be done when it is answered: it may be told of as it was. */
  #due(): Promise<readonly Item[]> {
    return this.#parts.due([...this.#busy.keys()], mostAtOnce - this.#busy.size);
  }

  #begin(item: Item): void {
    const key = this.#parts.keyOf(item);
    const done = this.#parts
      .perform(item, this.#stopping.signal)
      .catch((error: unknown) => {
        if (!this.#stopping.signal.aborted) this.#log.warn({ component: this.#parts.name, error });
      })
      .finally(() => {
        this.#busy.delete(key);
        this.poke();
      });
    this.#busy.set(key, done);
  }

  async #sweep(): Promise<void> {
    if (this.#parts.sweep === undefined || performance.now() < this.#nextSweep) return;
    this.#nextSweep = performance.now() + sweepEveryMs;
    await this.#parts.sweep();
  }
}
