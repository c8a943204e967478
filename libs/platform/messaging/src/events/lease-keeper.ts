import type { EventDatabase } from './event-database.ts';
import { type Lease, leaseRows, releaseLeases, type Renew } from './lease.ts';

/** After this long without renewal another process takes over. */
const termMs = 2_000;
const renewEveryMs = 600;

/** Keeps the leases of one part in this process: one statement for all of them, every 0.6 s. */
export class LeaseKeeper {
  readonly #database: EventDatabase;
  readonly #renew: Renew;
  readonly #holder: string;
  readonly #onError: (error: unknown) => void;
  readonly #onChange: () => void;
  readonly #names = new Set<string>();
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
    this.#names.add(name);
  }

  /** The lease, while this process has it. Time is the process's steady clock, started before the question was asked. */
  current(name: string): Lease | undefined {
    const held = this.#held.get(name);
    return held !== undefined && performance.now() < held.until ? held.lease : undefined;
  }

  async start(): Promise<void> {
    await this.#round();
    this.#timer = setInterval(() => void this.#round(), renewEveryMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#renewing;
    const leases = [...this.#held.values()].map((held) => held.lease);
    this.#held.clear();
    if (leases.length > 0) await releaseLeases(this.#database, leases).catch(this.#onError);
  }

  #round(): Promise<void> {
    this.#renewing = this.#renewing.then(() => this.#ask());
    return this.#renewing;
  }

  async #ask(): Promise<void> {
    if (this.#stopped || this.#names.size === 0) return;
    const asked = performance.now();
    const before = this.#epochs();
    try {
      const leases = await this.#renew([...this.#names].sort(), this.#holder, termMs);
      this.#held.clear();
      for (const lease of leases) this.#held.set(lease.name, { lease, until: asked + termMs });
    } catch (error) {
      this.#onError(error);
    }
    if (this.#epochs() !== before) this.#onChange();
  }

  #epochs(): string {
    return [...this.#held.values()]
      .map(({ lease }) => `${lease.name} ${lease.epoch}`)
      .sort()
      .join();
  }
}
