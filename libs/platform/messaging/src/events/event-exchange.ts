import { randomUUID } from 'node:crypto';
import type { MessageHandler } from '@nestjs/microservices';
import type { Caller } from '#platform/access';
import { deliverTo } from './deliver.ts';
import type { EventDatabase } from './event-database.ts';
import { EventPart } from './event-part.ts';
import type { EventReader } from './event-reader.ts';
import type { PositionedEvent } from './positioned-event.ts';
import { Subscriber } from './subscriber.ts';
import { PostgresSubscriptionStore } from './subscription-store.ts';
import { OutboxReader } from './outbox-reader.ts';
import { heldCounts } from './parked.ts';
import type { Streams } from './streams.ts';
import { type Subscription, subscriptionsOf } from './subscriptions.ts';

/** A part of this process that publishes or hears: a context, or the edge. */
export interface EventPartOptions {
  readonly name: string;
  readonly database: EventDatabase;
  /** As whom its listeners are called. */
  readonly caller: Caller;
  /** What Nest's `Server.getHandlers()` gives; absent: the part hears nothing. */
  readonly handlers?: ReadonlyMap<string, MessageHandler>;
}

export interface EventExchangeOptions {
  readonly parts: readonly EventPartOptions[];
  /** Carries events between processes; without it all that is heard is published in this one. */
  readonly streams?: Streams;
  /** How often to look for what no poke told of; default 1,000 ms. */
  readonly pollMs?: number;
  /** `where` names a part or subscription, never a patient. The error's text may hold PHI: log its kind. */
  readonly onError: (where: string, error: unknown) => void;
}

export interface SubscriptionStatus {
  readonly context: string;
  readonly subscription: string;
  readonly publisher: string;
  /** Whether this process runs it; the figures below are 0 where it does not. */
  readonly leads: boolean;
  /** Age of the oldest event that is read and neither applied nor set aside. */
  readonly lagMs: number;
  readonly parked: number;
  readonly held: number;
}

export interface EventLag {
  /** Age of the oldest event of the part that is not published yet, or waits to be sent to other processes. */
  readonly outboxLagMs: number;
  /** Age of the oldest event that a subscription led by this process has read, and neither applied nor set aside. */
  readonly inboxLagMs: number;
  /** Order keys that wait for somebody to replay them. */
  readonly parked: number;
}

/** All events of one process: relays for the parts it runs, and their subscriptions. */
export class EventExchange {
  readonly #options: EventExchangeOptions;
  readonly #parts = new Map<string, EventPart>();
  readonly #subscribers: { readonly part: string; readonly subscriber: Subscriber }[] = [];

  /** @throws Error when something is heard twice, or nobody in reach publishes it */
  constructor(options: EventExchangeOptions) {
    this.#options = options;
    const holder = randomUUID();
    for (const { name, database } of options.parts) {
      const { streams, pollMs = 1_000 } = options;
      this.#parts.set(
        name,
        new EventPart({ name, database, holder, streams, pollMs, onError: this.#errorsOf(name) }),
      );
    }
    for (const part of options.parts) {
      for (const subscription of subscriptionsOf(part.name, part.handlers ?? new Map()))
        this.#subscribe(part, subscription);
    }
  }

  async start(): Promise<void> {
    await Promise.all([...this.#parts.values()].map((part) => part.start()));
    for (const { subscriber } of this.#subscribers) subscriber.start();
  }

  /** Tells the relay of a part that a transaction with events was committed. Costs next to nothing, never fails. */
  poke(part: string): void {
    this.#parts.get(part)?.poke();
  }

  /** First the listeners finish what they are at, then the leases go to others. */
  async stop(): Promise<void> {
    await Promise.all(this.#subscribers.map(({ subscriber }) => subscriber.stop()));
    await Promise.all([...this.#parts.values()].map((part) => part.stop()));
  }

  /** One line per subscription of this process. Throws a fault when a database does not answer. */
  async status(): Promise<SubscriptionStatus[]> {
    const counts = new Map<string, { parked: number; held: number }>();
    for (const { name, database } of this.#options.parts) {
      for (const count of await heldCounts(database))
        counts.set(`${name} ${count.publisher} ${count.subscription}`, count);
    }
    const now = Date.now();
    return this.#subscribers.map(({ part, subscriber }) => {
      const { name: subscription, publisher } = subscriber.subscription;
      const { parked = 0, held = 0 } = counts.get(`${part} ${publisher} ${subscription}`) ?? {};
      const lagMs = Math.max(0, now - (subscriber.oldestUndone ?? now));
      return { context: part, subscription, publisher, leads: subscriber.leads, lagMs, parked, held };
    });
  }

  /** How far behind a part of this process is. Throws a fault when its database does not answer. */
  async lagOf(name: string): Promise<EventLag> {
    const part = this.#partOf(name);
    const [counts, outboxLagMs] = await Promise.all([heldCounts(part.database), part.lagMs()]);
    const now = Date.now();
    const mine = this.#subscribers.filter((subscriber) => subscriber.part === name);
    const inboxLagMs = Math.max(0, ...mine.map(({ subscriber }) => now - (subscriber.oldestUndone ?? now)));
    const parked = counts.reduce((sum, count) => sum + count.parked, 0);
    return { outboxLagMs, inboxLagMs, parked };
  }

  #subscribe(part: EventPartOptions, subscription: Subscription): void {
    const { name, database, caller } = part;
    const subscriber: Subscriber = new Subscriber({
      subscription,
      store: new PostgresSubscriptionStore(database, subscription.publisher, subscription.name),
      reader: this.#readerFor(name, subscription, () => subscriber.poke()),
      leases: this.#partOf(name).leases,
      pollMs: this.#options.pollMs ?? 1_000,
      apply: deliverTo(name, subscription, database, caller),
      onError: this.#errorsOf(`${name} ${subscription.name}`),
    });
    this.#partOf(name).onLeases(() => subscriber.poke());
    this.#subscribers.push({ part: name, subscriber });
  }

  #readerFor(part: string, subscription: Subscription, onNews: () => void): EventReader {
    const publisher = this.#parts.get(subscription.publisher);
    if (publisher !== undefined) {
      const reader = new OutboxReader(publisher.outbox);
      publisher.relay.listen((events: readonly PositionedEvent[]) => {
        reader.offer(events);
        onNews();
      });
      return reader;
    }
    if (this.#options.streams !== undefined) return this.#options.streams.reader(subscription, onNews);
    throw new Error(
      `Context "${part}" hears events of "${subscription.publisher}", which is not in this process. Run it here, or set SEPTUM_NATS_URL.`,
    );
  }

  #partOf(name: string): EventPart {
    const part = this.#parts.get(name);
    if (part === undefined) throw new Error(`There is no part "${name}" in this process.`);
    return part;
  }

  #errorsOf(where: string): (error: unknown) => void {
    return (error) => this.#options.onError(where, error);
  }
}
