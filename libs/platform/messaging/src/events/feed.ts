import type { EventReader } from './event-reader.ts';
import { Lanes } from './lanes.ts';
import type { PositionedEvent } from './positioned-event.ts';
import { retryAfter } from './retry-policy.ts';
import { queuedReason, type SubscriptionStore } from './subscription-store.ts';

export interface FeedParts {
  readonly reader: EventReader;
  readonly store: SubscriptionStore;
  /** Order keys whose events are applied at the same time. */
  readonly sideBySide: number;
  /** Whether the subscription hears this pattern. */
  hears(pattern: string): boolean;
  /** Resolves once the event's effect and its inbox mark are committed. */
  apply(event: PositionedEvent): Promise<void>;
  /** The database did not answer: waits before the same is tried again. */
  pause(): Promise<void>;
  onError(error: unknown): void;
}

/** Events read ahead of the listeners. */
const window = 512;

/**
 * One subscription reading one publisher, in one process, for as long as that process leads it.
 *
 * Within an order key an event is applied only after each earlier one was applied or set aside, and while one is set
 * aside the later ones queue behind it. Since that holds for every reader by itself, even two processes that both
 * believe to lead apply nothing twice (inbox) and nothing out of order.
 */
export class Feed {
  readonly #parts: FeedParts;
  readonly #lanes: Lanes;
  readonly #held = new Set<string>();
  /** What is read and not done: position → when it occurred; the cursor stands before the first. */
  readonly #undone = new Map<number, number>();
  readonly #retrying = new Set<string>();
  #through = 0;
  #saved = 0;
  #stopped = false;
  #roomForMore: () => void = () => {};

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#lanes = new Lanes(parts.sideBySide);
  }

  /** All up to here is applied or set aside. */
  get position(): number {
    for (const first of this.#undone.keys()) return first - 1;
    return this.#through;
  }

  /** When the oldest event that is read and not done occurred, milliseconds since the epoch. */
  get oldestUndone(): number | undefined {
    for (const occurredAt of this.#undone.values()) return occurredAt;
    return undefined;
  }

  get hasHeld(): boolean {
    return this.#held.size > 0;
  }

  /** Whether there is progress to make or to save. */
  get isBusy(): boolean {
    return this.hasHeld || this.#undone.size > 0 || this.position > this.#saved;
  }

  /** False when there is nothing to read from yet. */
  async open(): Promise<boolean> {
    const cursor = await this.#parts.store.cursor();
    // Read after the cursor: what was set aside before the cursor passed it, is then seen to be.
    for (const key of await this.#parts.store.heldKeys()) this.#held.add(key);
    const from = await this.#parts.reader.open(cursor);
    this.#through = from ?? 0;
    this.#saved = this.#through;
    return from !== undefined;
  }

  /** Reads a batch and hands it to its lanes; answers whether there may be more. */
  async pull(): Promise<boolean> {
    if (this.#undone.size >= window) await new Promise<void>((resolve) => (this.#roomForMore = resolve));
    if (this.#stopped) return false;
    const batch = await this.#parts.reader.read(window);
    const wanted = batch.events.filter(
      (event) => event.position > this.#through && this.#parts.hears(event.pattern),
    );
    const applied =
      wanted.length === 0 ? new Set() : await this.#parts.store.applied(wanted.map((event) => event.id));
    for (const event of wanted) {
      if (!applied.has(event.id)) this.#enqueue(event);
    }
    this.#through = Math.max(this.#through, batch.through);
    return batch.events.length > 0;
  }

  /** Tries again what is due of the events set aside, one order key per lane. */
  async retryDue(): Promise<void> {
    for (const key of await this.#parts.store.dueKeys()) {
      if (this.#retrying.has(key)) continue;
      this.#held.add(key);
      this.#retrying.add(key);
      this.#lanes.push(key, async () => {
        await this.#persist(() => this.#retryKey(key));
        this.#retrying.delete(key);
      });
    }
  }

  /** Makes the progress durable, so that the next reader need not begin as far back. */
  async save(): Promise<void> {
    const position = this.position;
    if (position <= this.#saved) return;
    await this.#parts.store.advance({ position, ...this.#parts.reader.mark(position) });
    this.#saved = position;
  }

  /** Begins nothing new; what a listener is at, it may still finish, and that may still be saved. */
  halt(): void {
    this.#stopped = true;
    this.#roomForMore();
  }

  async close(): Promise<void> {
    this.halt();
    await this.#parts.reader.close();
  }

  /** Resolves when no listener is at work. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  #enqueue(event: PositionedEvent): void {
    this.#undone.set(event.position, event.occurredAt);
    this.#lanes.push(event.orderKey, async () => {
      const done = await this.#persist(() => this.#applyOrHold(event));
      if (!done) return;
      this.#undone.delete(event.position);
      if (this.#undone.size < window) this.#roomForMore();
    });
  }

  async #applyOrHold(event: PositionedEvent): Promise<void> {
    const { store, apply } = this.#parts;
    if (this.#held.has(event.orderKey)) {
      await store.hold(event, { attempts: 0, inMs: 0, reason: queuedReason });
      return;
    }
    try {
      await apply(event);
    } catch (error) {
      this.#parts.onError(error);
      await store.hold(event, retryAfter(error, 0));
      this.#held.add(event.orderKey);
    }
  }

  async #retryKey(key: string): Promise<void> {
    const { store, apply } = this.#parts;
    let first = await store.firstHeld(key);
    while (first?.due === true && !this.#stopped) {
      const { event, attempts } = first;
      try {
        const applied = await store.applied([event.id]);
        if (!applied.has(event.id)) await apply(event);
      } catch (error) {
        this.#parts.onError(error);
        await store.hold(event, retryAfter(error, attempts));
        return;
      }
      await store.release(event);
      first = await store.firstHeld(key);
    }
    if (first === undefined) this.#held.delete(key);
  }

  // A lane that gave up because its own database is away would let later events of the key pass.
  async #persist(work: () => Promise<void>): Promise<boolean> {
    while (!this.#stopped) {
      try {
        await work();
        return true;
      } catch (error) {
        this.#parts.onError(error);
        await this.#parts.pause();
      }
    }
    return false;
  }
}
