import type { Scheduler } from 'fast-check';
import type { Lease } from '../src/events/lease.ts';
import type { Outbox } from '../src/events/outbox.ts';
import type { PositionedEvent } from '../src/events/positioned-event.ts';
import type { Retry } from '../src/events/retry-policy.ts';
import type { Cursor, HeldEvent, SubscriptionStore } from '../src/events/subscription-store.ts';

/** Faults planted to see whether the simulation notices. */
export type Planted =
  'none' | 'cursor by id' | 'no inbox' | 'cursor before apply' | 'later events do not queue';

interface OutboxRow {
  readonly id: number;
  readonly orderKey: string;
  readonly orderSequence: number;
  committed: boolean;
  position: number | undefined;
}

/** Everything durable of the simulation: it survives the processes. Each operation is atomic, as a transaction is. */
export class World {
  readonly rows: OutboxRow[] = [];
  readonly effects: { id: string; orderKey: string; orderSequence: number }[] = [];
  readonly inbox = new Set<string>();
  readonly held = new Map<string, HeldEvent & { parked: boolean }>();
  readonly planted: Planted;
  cursor = 0;
  epoch = 1;
  lastPosition = 0;
  #lastId = 0;
  readonly #heads = new Map<string, number>();
  readonly #locks = new Map<string, Promise<void>>();

  constructor(planted: Planted) {
    this.planted = planted;
  }

  /** A transaction with one event; the lock on its key's head is held until the commit. */
  async write(scheduler: Scheduler, orderKey: string): Promise<void> {
    const before = this.#locks.get(orderKey) ?? Promise.resolve();
    let unlock = (): void => {};
    this.#locks.set(
      orderKey,
      before.then(() => new Promise<void>((resolve) => (unlock = resolve))),
    );
    await before;
    await scheduler.schedule(Promise.resolve(), 'insert');
    const orderSequence = (this.#heads.get(orderKey) ?? 0) + 1;
    this.#heads.set(orderKey, orderSequence);
    const row: OutboxRow = {
      id: (this.#lastId += 1),
      orderKey,
      orderSequence,
      committed: false,
      position: undefined,
    };
    this.rows.push(row);
    await scheduler.schedule(Promise.resolve(), 'commit');
    row.committed = true;
    unlock();
  }

  hasUnpublished(): boolean {
    return this.rows.some((row) => row.committed && row.position === undefined);
  }

  publish(lease: Lease, limit: number): PositionedEvent[] {
    if (lease.epoch !== this.epoch) return [];
    const batch = this.rows.filter((row) => row.committed && row.position === undefined).slice(0, limit);
    for (const row of batch) row.position = this.lastPosition += 1;
    return batch.map((row) => this.#event(row));
  }

  read(after: number, limit: number): PositionedEvent[] {
    if (this.planted === 'cursor by id') {
      const visible = this.rows.filter((row) => row.committed && row.id > after).slice(0, limit);
      return visible.map((row) => ({ ...this.#event(row), position: row.id }));
    }
    const published = this.rows.filter((row) => row.position !== undefined && row.position > after);
    published.sort((one, other) => (one.position ?? 0) - (other.position ?? 0));
    return published.slice(0, limit).map((row) => this.#event(row));
  }

  apply(event: PositionedEvent): void {
    if (this.planted !== 'no inbox' && this.inbox.has(event.id)) return;
    this.inbox.add(event.id);
    this.effects.push({ id: event.id, orderKey: event.orderKey, orderSequence: event.orderSequence });
  }

  #event(row: OutboxRow): PositionedEvent {
    const { id, orderKey, orderSequence, position = 0 } = row;
    return {
      position,
      id: String(id),
      pattern: 'p',
      orderKey,
      orderSequence,
      occurredAt: 0,
      traceparent: '',
      payload: '{}',
    };
  }
}

/** The way of one process to the world: every question and every answer takes its time, and none arrives once it is dead. */
export class Process {
  dead = false;
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  async io<T>(label: string, act: () => T): Promise<T> {
    await this.#pass(`${label} asked`);
    const result = act();
    await this.#pass(`${label} answered`);
    return result;
  }

  async #pass(label: string): Promise<void> {
    await this.#scheduler.schedule(Promise.resolve(), label);
    if (this.dead) await new Promise(() => {});
  }
}

export function outboxOf(world: World, process: Process): Outbox {
  return {
    hasUnpublished: () => process.io('any', () => world.hasUnpublished()),
    publish: (lease, limit) => process.io('publish', () => world.publish(lease, limit)),
    read: (after, limit) => process.io('read', () => world.read(after, limit)),
    last: () => process.io('last', () => (world.planted === 'cursor by id' ? Infinity : world.lastPosition)),
  };
}

export function storeOf(world: World, process: Process): SubscriptionStore {
  const first = (key: string): (HeldEvent & { parked: boolean }) | undefined =>
    [...world.held.values()]
      .filter(({ event }) => event.orderKey === key)
      .sort((one, other) => one.event.orderSequence - other.event.orderSequence)[0];
  const keys = (): string[] => [...new Set([...world.held.values()].map(({ event }) => event.orderKey))];
  const done = (cursor: Cursor): number =>
    world.planted === 'cursor before apply' ? world.lastPosition : cursor.position;
  return {
    cursor: () => process.io('cursor', () => ({ position: world.cursor, created: '', sequence: 0 })),
    advance: (cursor) =>
      process.io('advance', () => void (world.cursor = Math.max(world.cursor, done(cursor)))),
    applied: (ids) =>
      process.io(
        'applied',
        () => new Set(world.planted === 'no inbox' ? [] : ids.filter((id) => world.inbox.has(id))),
      ),
    hold: (event, retry) => process.io('hold', () => hold(world, event, retry)),
    release: (event) => process.io('release', () => void world.held.delete(event.id)),
    heldKeys: () => process.io('held', () => (world.planted === 'later events do not queue' ? [] : keys())),
    dueKeys: () => process.io('due', () => keys().filter((key) => first(key)?.due)),
    firstHeld: (key) => process.io('first', () => first(key)),
  };
}

function hold(world: World, event: PositionedEvent, retry: Retry): void {
  const before = world.held.get(event.id);
  if (before !== undefined && retry.reason === 'behind' && retry.attempts <= before.attempts) return;
  const parked = retry.inMs === Infinity;
  world.held.set(event.id, { event, attempts: retry.attempts, due: !parked, parked });
}
