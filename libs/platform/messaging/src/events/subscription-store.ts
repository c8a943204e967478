import { type EventDatabase, everyRow } from './event-database.ts';
import { eventColumns, eventOf, type EventRow, type PositionedEvent } from './positioned-event.ts';
import type { Retry } from './retry-policy.ts';

/** Where a stream held a position: only a shortcut for reading on; the position is what counts. */
export interface StreamMark {
  /** When the stream was made: a stream made anew has other sequences. Empty: not known. */
  readonly created: string;
  readonly sequence: number;
}

export interface Cursor extends StreamMark {
  /** All events up to here are applied or held. */
  readonly position: number;
}

export interface HeldEvent {
  readonly event: PositionedEvent;
  readonly attempts: number;
  readonly due: boolean;
}

/** What a subscription remembers, in the schema of the part that subscribes. */
export interface SubscriptionStore {
  cursor(): Promise<Cursor>;
  advance(cursor: Cursor): Promise<void>;
  /** Those of these events that are applied already. */
  applied(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Sets an event aside; it replaces what was held of it. */
  hold(event: PositionedEvent, retry: Retry): Promise<void>;
  release(event: PositionedEvent): Promise<void>;
  heldKeys(): Promise<string[]>;
  /** The order keys whose first held event is to be tried now. */
  dueKeys(): Promise<string[]>;
  firstHeld(orderKey: string): Promise<HeldEvent | undefined>;
}

export function leaseNameOf(publisher: string, subscription: string): string {
  return `hears ${publisher} ${subscription}`;
}

export class PostgresSubscriptionStore implements SubscriptionStore {
  readonly #database: EventDatabase;
  readonly #publisher: string;
  readonly #subscription: string;

  constructor(database: EventDatabase, publisher: string, subscription: string) {
    this.#database = database;
    this.#publisher = publisher;
    this.#subscription = subscription;
  }

  async cursor(): Promise<Cursor> {
    const text = `SELECT position, stream_created AS created, stream_sequence AS sequence
      FROM ${this.#table('event_lease')} WHERE name = $1`;
    const name = leaseNameOf(this.#publisher, this.#subscription);
    const [row] = await this.#query<Cursor>('cursor', text, [name]);
    return row ?? { position: 0, created: '', sequence: 0 };
  }

  async advance(cursor: Cursor): Promise<void> {
    const text = `UPDATE ${this.#table('event_lease')} SET position = $2, stream_created = $3, stream_sequence = $4
      WHERE name = $1 AND (position < $2 OR stream_created <> $3)`;
    const name = leaseNameOf(this.#publisher, this.#subscription);
    await this.#query('advance', text, [name, cursor.position, cursor.created, cursor.sequence]);
  }

  async applied(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const text = `SELECT message_id FROM ${this.#table('inbox')} WHERE subscription = $1 AND message_id = ANY($2::uuid[])`;
    const rows = await this.#query<{ message_id: string }>('applied', text, [this.#subscription, ids]);
    return new Set(rows.map((row) => row.message_id));
  }

  async hold(event: PositionedEvent, retry: Retry): Promise<void> {
    const columns = `subscription, publisher, order_key, order_sequence, position, message_id, pattern, payload,
      traceparent, occurred_at, attempts, retry_at, reason`;
    const retryAt = `CASE WHEN $12::float8 = 'Infinity' THEN 'infinity'::timestamptz
      ELSE clock_timestamp() + $12::float8 * interval '1 millisecond' END`;
    const text = `INSERT INTO ${this.#table('held_event')} (${columns})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10::float8 / 1000), $11, ${retryAt}, $13)
ON CONFLICT (subscription, publisher, order_key, order_sequence) DO UPDATE
SET attempts = excluded.attempts, retry_at = excluded.retry_at, reason = excluded.reason
WHERE excluded.attempts > held_event.attempts OR excluded.reason <> $14`;
    const values = [
      event.orderKey,
      event.orderSequence,
      event.position,
      event.id,
      event.pattern,
      event.payload,
    ];
    const when = [
      event.traceparent,
      event.occurredAt,
      retry.attempts,
      String(retry.inMs),
      retry.reason,
      queuedReason,
    ];
    await this.#query('hold', text, [this.#subscription, this.#publisher, ...values, ...when]);
  }

  async release(event: PositionedEvent): Promise<void> {
    const text = `DELETE FROM ${this.#table('held_event')}
      WHERE subscription = $1 AND publisher = $2 AND order_key = $3 AND order_sequence = $4`;
    await this.#query('release', text, [
      this.#subscription,
      this.#publisher,
      event.orderKey,
      event.orderSequence,
    ]);
  }

  async heldKeys(): Promise<string[]> {
    const text = `SELECT DISTINCT order_key FROM ${this.#table('held_event')} WHERE subscription = $1 AND publisher = $2`;
    const rows = await this.#query<{ order_key: string }>('held', text, [
      this.#subscription,
      this.#publisher,
    ]);
    return rows.map((row) => row.order_key);
  }

  async dueKeys(): Promise<string[]> {
    const text = `SELECT order_key FROM (
  SELECT DISTINCT ON (order_key) order_key, retry_at FROM ${this.#table('held_event')}
  WHERE subscription = $1 AND publisher = $2 ORDER BY order_key, order_sequence
) AS first WHERE retry_at <= clock_timestamp()`;
    const rows = await this.#query<{ order_key: string }>('due', text, [this.#subscription, this.#publisher]);
    return rows.map((row) => row.order_key);
  }

  async firstHeld(orderKey: string): Promise<HeldEvent | undefined> {
    const text = `SELECT ${eventColumns('h')}, attempts, retry_at <= clock_timestamp() AS due
      FROM ${this.#table('held_event')} h WHERE subscription = $1 AND publisher = $2 AND order_key = $3
      ORDER BY order_sequence LIMIT 1`;
    type Found = EventRow & { attempts: number; due: boolean };
    const [row] = await this.#query<Found>('first', text, [this.#subscription, this.#publisher, orderKey]);
    return row && { event: eventOf(row), attempts: row.attempts, due: row.due };
  }

  #table(name: string): string {
    return `"${this.#database.schema}".${name}`;
  }

  #query<R extends object>(name: string, text: string, values: readonly unknown[]): Promise<R[]> {
    return this.#database.query<R>(everyRow, {
      name: `${this.#database.schema}.subscription.${name}`,
      text,
      values,
    });
  }
}

/** The reason of an event that waits only for an earlier one of its order key. */
export const queuedReason = 'behind';
