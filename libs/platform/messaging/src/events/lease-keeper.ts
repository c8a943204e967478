import type { EventDatabase } from './event-database.ts';
import { type Lease, leaseRows, releaseLeases, type Renew } from './lease.ts';

/** After this long without renewal another process takes over. */
const termMs = 2_000;
const renewEveryMs = 600;
/** A lease taken for a piece of work is kept this long after it, so that the next piece finds it. */
const keptMs = 5_000;

/**
 * Keeps the leases of one part in this process: one statement for all of them, every 0.6 s, while there is any to keep.
 * Renewing is a write, so a part where nothing happens holds only those it was told to seek.
 */
export class LeaseKeeper {
  readonly #database: EventDatabase;
  readonly #renew: Renew;
  readonly #holder: string;
  readonly #onError: (error: unknown) => void;
  readonly #onChange: () => void;
  /** What is striven for, and until when on the process's steady clock. */
  readonly #sought = new Map<string, number>();
  readonly #held = new Map<string, { lease: Lease; until: number }>();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    database: EventDatabase,
    holder: string,
    onChange: () => void,
    onError: (error: unknown) => void,
  ) {
    this.#database = database;
    this.#renew = leaseRows(database);
    this.#holder = holder;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  /** Strives for the lease of this name from now on. */
  seek(name: string): void {
    this.#sought.set(name, Infinity);
  }

  /**
   * The lease, asked for now if this process has it not. Kept, or striven for, a few seconds longer: who did not get it
   * is told by `onChange` once its holder has died or has nothing more to do, or once it is striven for no more.
   */
  async take(name: string): Promise<Lease | undefined> {
    const before = this.#sought.get(name);
    this.#sought.set(name, Math.max(before ?? 0, performance.now() + keptMs));
    if (before === undefined) await this.#begin();
    return this.current(name);
  }

  /** Whether the lease is striven for and another process has it. */
  awaits(name: string): boolean {
    return this.#sought.has(name) && this.current(name) === undefined;
  }

  /** The lease, while this process has it. Time is the process's steady clock, started before the question was asked. */
  current(name: string): Lease | undefined {
    const held = this.#held.get(name);
    return held !== undefined && performance.now() < held.until ? held.lease : undefined;
  }

  async start(): Promise<void> {
    if (this.#sought.size > 0) await this.#begin();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#rest();
    await this.#renewing;
    const leases = [...this.#held.values()].map((held) => held.lease);
    this.#held.clear();
    if (leases.length > 0) await releaseLeases(this.#database, leases).catch(this.#onError);
  }

  /** Asks now, and from now on again and again while anything is sought. */
  #begin(): Promise<void> {
    this.#timer ??= setInterval(() => void this.#round(), renewEveryMs);
    return this.#round();
  }

  #round(): Promise<void> {
    this.#renewing = this.#renewing.then(() => this.#ask());
    return this.#renewing;
  }

  async #ask(): Promise<void> {
    if (this.#stopped || this.#sought.size === 0) return this.#rest();
    const asked = performance.now();
    const before = this.#epochs();
    const over = [...this.#sought].filter(([, until]) => until < asked).map(([name]) => name);
    try {
      await this.#release(over);
      const names = [...this.#sought.keys()].sort();
      const leases = names.length === 0 ? [] : await this.#renew(names, this.#holder, termMs);
      this.#held.clear();
      for (const lease of leases) this.#held.set(lease.name, { lease, until: asked + termMs });
    } catch (error) {
      this.#onError(error);
    }
    // Who relied on being told of a lease that is striven for no more has to look for himself.
    if (over.length > 0 || this.#epochs() !== before) this.#onChange();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Gives up what has been of no use for a while: another process may have use for it. */
  async #release(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const leases = names.flatMap((name) => this.#held.get(name)?.lease ?? []);
    for (const name of names) {
      this.#sought.delete(name);
      this.#held.delete(name);
    }
    if (leases.length > 0) await releaseLeases(this.#database, leases);
  }

  #epochs(): string {
    return [...this.#held.values()]
      .map(({ lease }) => `${lease.name} ${lease.epoch}`)
      .sort()
      .join();
  }
}
