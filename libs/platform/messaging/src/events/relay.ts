import { relayLease } from './lease.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { Outbox } from './outbox.ts';
import type { PositionedEvent } from './positioned-event.ts';
import { WorkLoop } from './work-loop.ts';

/** Events published in one transaction. */
const batch = 500;
/** Between two rounds that pokes ask for: under load many commits share a round, and an event alone goes at once. */
const restMs = 25;

/**
 * Publishes the events of one part: gives each its position, in the order of their commits within a key. One process
 * relays at a time. Poked after each commit; the slow poll finds what a process that died, or another copy, left.
 */
export class Relay {
  readonly #outbox: Outbox;
  readonly #leases: Pick<LeaseKeeper, 'current'>;
  readonly #listeners = new Set<(events: readonly PositionedEvent[]) => void>();
  readonly #loop: WorkLoop;
  #position = 0;

  constructor(
    outbox: Outbox,
    leases: Pick<LeaseKeeper, 'current'>,
    pollMs: number,
    onError: (error: unknown) => void,
  ) {
    this.#outbox = outbox;
    this.#leases = leases;
    this.#loop = new WorkLoop(() => this.publish(), pollMs, onError, restMs);
  }

  /** Whether this process relays now. */
  get leads(): boolean {
    return this.#leases.current(relayLease) !== undefined;
  }

  /** The last position that this process gave. */
  get position(): number {
    return this.#position;
  }

  /** Is told of events as soon as they are published by this process; it may not be told of all. */
  listen(listener: (events: readonly PositionedEvent[]) => void): void {
    this.#listeners.add(listener);
  }

  start(): void {
    this.#loop.start();
  }

  poke(): void {
    this.#loop.poke();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Publishes what is committed; answers whether there may be more. */
  async publish(): Promise<boolean> {
    const lease = this.#leases.current(relayLease);
    if (lease === undefined) return false;
    const events = await this.#outbox.publish(lease, batch);
    if (events.length === 0) return false;
    this.#position = events.at(-1)?.position ?? this.#position;
    for (const listener of this.#listeners) listener(events);
    // What is committed from here on pokes.
    return events.length === batch;
  }
}
