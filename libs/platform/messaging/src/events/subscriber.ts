import { setTimeout as sleep } from 'node:timers/promises';
import type { EventReader } from './event-reader.ts';
import { Feed } from './feed.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { PositionedEvent } from './positioned-event.ts';
import { leaseNameOf, type SubscriptionStore } from './subscription-store.ts';
import type { Subscription } from './subscriptions.ts';
import { WorkLoop } from './work-loop.ts';

export interface SubscriberParts {
  readonly subscription: Subscription;
  readonly store: SubscriptionStore;
  readonly reader: EventReader;
  readonly leases: LeaseKeeper;
  readonly pollMs: number;
  apply(event: PositionedEvent): Promise<void>;
  onError(error: unknown): void;
}

const tendEveryMs = 100;
const lookForDueEveryMs = 1_000;
const pauseMs = 250;

/** Runs one subscription in this process while this process holds its lease. */
export class Subscriber {
  readonly subscription: Subscription;
  readonly #parts: SubscriberParts;
  readonly #lease: string;
  readonly #pulling: WorkLoop;
  readonly #tending: WorkLoop;
  #feed: Feed | undefined;
  #lookedForDue = 0;

  constructor(parts: SubscriberParts) {
    this.subscription = parts.subscription;
    this.#parts = parts;
    this.#lease = leaseNameOf(parts.subscription.publisher, parts.subscription.name);
    parts.leases.seek(this.#lease);
    this.#pulling = new WorkLoop(
      () => this.#pull(),
      () => parts.pollMs,
      parts.onError,
    );
    this.#tending = new WorkLoop(
      () => this.#tend(),
      () => this.#tendEveryMs(),
      parts.onError,
    );
  }

  /** Whether this process runs the subscription now. */
  get leads(): boolean {
    return this.#feed !== undefined;
  }

  /** Everything up to here is applied or set aside; 0 when another process leads. */
  get position(): number {
    return this.#feed?.position ?? 0;
  }

  /** When the oldest event read and not yet applied or set aside occurred. */
  get oldestUndone(): number | undefined {
    return this.#feed?.oldestUndone;
  }

  start(): void {
    this.#pulling.start();
    this.#tending.start();
  }

  /** There may be news. */
  poke(): void {
    this.#pulling.poke();
  }

  /** Waits for the listener to finish what it is at. */
  async stop(): Promise<void> {
    this.#feed?.halt();
    await Promise.all([this.#pulling.stop(), this.#tending.stop()]);
    const feed = this.#feed;
    await feed?.idle();
    await feed?.save().catch(this.#parts.onError);
    await feed?.close();
  }

  async #pull(): Promise<boolean> {
    if (this.#parts.leases.current(this.#lease) === undefined) return false;
    this.#feed ??= await this.#open();
    const feed = this.#feed;
    if (feed === undefined) return false;
    try {
      const more = await feed.pull();
      if (more) this.#tending.poke();
      return more;
    } catch (error) {
      // What was read may not all be in the lanes: begin again from the durable cursor.
      this.#feed = undefined;
      await feed.close();
      throw error;
    }
  }

  #tendEveryMs(): number {
    return this.#feed?.isBusy === true ? tendEveryMs : lookForDueEveryMs;
  }

  async #open(): Promise<Feed | undefined> {
    const { store, reader, apply, onError, subscription } = this.#parts;
    const hears = (pattern: string): boolean => subscription.handlers.has(pattern);
    const pause = (): Promise<void> => sleep(pauseMs);
    const { sideBySide } = subscription;
    const feed = new Feed({ store, reader, apply, onError, sideBySide, hears, pause });
    return (await feed.open()) ? feed : undefined;
  }

  async #tend(): Promise<boolean> {
    const feed = this.#feed;
    if (feed === undefined) return false;
    if (this.#parts.leases.current(this.#lease) === undefined) {
      this.#feed = undefined;
      await feed.close();
      return false;
    }
    await feed.save();
    const now = performance.now();
    if (feed.hasHeld || now - this.#lookedForDue >= lookForDueEveryMs) {
      this.#lookedForDue = now;
      await feed.retryDue();
    }
    return false;
  }
}
