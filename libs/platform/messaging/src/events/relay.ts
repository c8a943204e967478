import { relayLease } from './lease.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { Outbox } from './outbox.ts';
import type { PositionedEvent } from './positioned-event.ts';
import { WorkLoop } from './work-loop.ts';

/** Events published in one transaction. */
const batch = 500;
/** Between two rounds that pokes ask for: under load many commits share a round, and an event alone goes at once. */
const restMs = 25;

/** Where nothing is published: often enough to find within seconds what a process left that died before its poke. */
const quietPollMs = 2_000;

type RelayLeases = Pick<LeaseKeeper, 'current' | 'take' | 'awaits'>;

/**
 * Publishes the events of one part: gives each its position, in the order of their commits within a key. One process
 * relays at a time: the first that finds something to publish takes the lease, and keeps it while there is more.
 * Poked after each commit; while it leads, its poll finds what other copies committed; while nobody does, each finds
 * its own, and the slow poll what a process left that died.
 */
export class Relay {
  readonly #outbox: Outbox;
  readonly #leases: RelayLeases;
  readonly #listeners = new Set<(events: readonly PositionedEvent[]) => void>();
  readonly #loop: WorkLoop;
  #position = 0;

  constructor(outbox: Outbox, leases: RelayLeases, pollMs: number, onError: (error: unknown) => void) {
    this.#outbox = outbox;
    this.#leases = leases;
    const idleMs = (): number => (this.leads ? pollMs : Math.max(pollMs, quietPollMs));
    this.#loop = new WorkLoop(() => this.publish(), idleMs, onError, restMs);
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
    // Another process relays, also what was committed here; the keeper pokes when it no longer does.
    if (this.#leases.awaits(relayLease) || !(await this.#outbox.hasUnpublished())) return false;
    const lease = await this.#leases.take(relayLease);
    if (lease === undefined) return false;
    const events = await this.#outbox.publish(lease, batch);
    if (events.length === 0) return false;
    this.#position = events.at(-1)?.position ?? this.#position;
    for (const listener of this.#listeners) listener(events);
    // What is committed from here on pokes.
    return events.length === batch;
  }
}
