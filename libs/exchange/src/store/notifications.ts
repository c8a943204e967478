import { Inject, Injectable } from '@nestjs/common';
import { ContextDatabaseToken, type ContextDatabase, type Transaction } from '#platform/database';
import type { NumberedEvent } from '../domain/notification.ts';

/** Something that happened, before it has a number. */
export interface TopicEvent extends Omit<NumberedEvent, 'number'> {
  readonly patients: readonly string[];
}

export interface RecordedEvent extends NumberedEvent {
  readonly patients: readonly string[];
}

const everyRow = '*';
const keptDays = 30;

/** The numbered events of subscribers. */
@Injectable()
export class Notifications {
  readonly #database: ContextDatabase;

  constructor(@Inject(ContextDatabaseToken) database: ContextDatabase) {
    this.#database = database;
  }

  /** Gives an event the next number of each of these subscribers, in the transaction that applies it. */
  async number(transaction: Transaction, subscribers: readonly string[], event: TopicEvent): Promise<void> {
    if (subscribers.length === 0) return;
    // In one order, so that two events cannot wait for each other.
    await transaction.query({
      name: 'exchange.notification.lock',
      text: 'SELECT id FROM exchange.subscriber WHERE id = ANY($1) ORDER BY id FOR UPDATE',
      values: [subscribers],
    });
    await transaction.query({
      name: 'exchange.notification.number',
      text: `WITH counted AS (
          UPDATE exchange.subscriber SET events = events + 1 WHERE id = ANY($1) AND status <> 'off' RETURNING id, events
        ) INSERT INTO exchange.notification (subscriber, number, at, type, id, created, patients)
          SELECT id, events, to_timestamp($2::float8 / 1000), $3, $4, $5, $6::text[] FROM counted`,
      values: [subscribers, event.at, event.type, event.id, event.created, event.patients],
    });
  }

  /** By their numbers, both included, in order; at most so many. */
  async between(subscriber: string, from: number, until: number, most: number): Promise<RecordedEvent[]> {
    return this.#database.query<RecordedEvent>(everyRow, {
      name: 'exchange.notification.between',
      text: `SELECT number, (extract(epoch FROM at) * 1000)::int8 AS at, type, id, created, patients
        FROM exchange.notification WHERE subscriber = $1 AND number BETWEEN $2 AND $3 ORDER BY number LIMIT $4`,
      values: [subscriber, from, until, most],
    });
  }

  /** Whoever did not come for an event in a month does not get it any more. */
  async sweep(): Promise<void> {
    await this.#database.query(everyRow, {
      text: `DELETE FROM exchange.notification WHERE at < clock_timestamp() - $1 * interval '1 day'`,
      values: [keptDays],
    });
  }
}
