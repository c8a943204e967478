import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase, type Transaction } from '#platform/database';
import type { SubscriptionState } from '../domain/notification.ts';
import type { SubscriptionRequest } from '../domain/subscription-request.ts';

/** A Subscription as it is being served. */
export interface Subscriber {
  readonly id: string;
  readonly revision: number;
  readonly status: SubscriptionState;
  readonly topic: string;
  readonly request: SubscriptionRequest;
  readonly writer: Caller;
  /** The number of its last event. */
  readonly events: number;
  /** The number of the last event that its receiver took. */
  readonly delivered: number;
  readonly failures: number;
  /** For how long its receiver has taken nothing, in milliseconds; 0 while it takes what it is sent. */
  readonly failingForMs: number;
  readonly hasEnded: boolean;
}

/** Septum's own work is not confined to patients. */
const everyRow = '*';
const columns = `s.id, s.revision, s.status, s.topic, s.request, s.writer, s.events, s.delivered, s.failures,
  coalesce(extract(epoch FROM clock_timestamp() - s.failing_since) * 1000, 0)::int8 AS "failingForMs",
  coalesce(s.ends_at <= clock_timestamp(), false) AS "hasEnded"`;

/** The table of subscribers. Whatever changes the state of one does so at the revision it knows. */
@Injectable()
export class Subscribers {
  readonly #database: ContextDatabase;

  constructor(@Inject(ContextDatabaseToken) database: ContextDatabase) {
    this.#database = database;
  }

  transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#database.transact(everyRow, work);
  }

  async find(ids: readonly string[]): Promise<Subscriber[]> {
    return this.#database.query<Subscriber>(everyRow, {
      name: 'exchange.subscriber.find',
      text: `SELECT ${columns} FROM exchange.subscriber s WHERE s.id = ANY($1) ORDER BY s.id`,
      values: [ids],
    });
  }

  /** Those whose events of a topic are numbered: all that are not off, whether or not their receivers answer. */
  async of(topic: string): Promise<Subscriber[]> {
    return this.#database.query<Subscriber>(everyRow, {
      name: 'exchange.subscriber.topic',
      text: `SELECT ${columns} FROM exchange.subscriber s WHERE s.topic = $1 AND s.status <> 'off' ORDER BY s.id`,
      values: [topic],
    });
  }

  /** Those for whom there is something to do now, at most so many, beside those who are being served. */
  async due(served: readonly string[], most: number): Promise<Subscriber[]> {
    return this.#database.query<Subscriber>(everyRow, {
      name: 'exchange.subscriber.due',
      text: `SELECT ${columns} FROM exchange.subscriber s
        WHERE s.next_at <= clock_timestamp() AND s.status <> 'off' AND s.id <> ALL($1) AND (
          s.ends_at <= clock_timestamp() OR s.status = 'requested'
          OR s.status = 'active' AND (s.delivered < s.events OR s.last_sent_at + s.heartbeat <= clock_timestamp())
        ) ORDER BY s.next_at LIMIT $2`,
      values: [served, most],
    });
  }

  /** As the client wrote it last. Numbers go on where they were. */
  async put(
    transaction: Transaction,
    id: string,
    request: SubscriptionRequest,
    writer: Caller,
  ): Promise<void> {
    const { status, topic, endsAt, heartbeatSeconds } = request;
    await transaction.query({
      name: 'exchange.subscriber.put',
      text: `INSERT INTO exchange.subscriber AS s (id, status, topic, request, writer, ends_at, heartbeat)
        VALUES ($1, $2, $3, $4::jsonb, $5::jsonb, to_timestamp($6::float8), $7::float8 * interval '1 second')
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, topic = excluded.topic, request = excluded.request,
          writer = excluded.writer, ends_at = excluded.ends_at, heartbeat = excluded.heartbeat,
          revision = s.revision + 1, failures = 0, failing_since = NULL, next_at = clock_timestamp()`,
      values: [
        id,
        status,
        topic,
        JSON.stringify(request),
        JSON.stringify(writer),
        endsAt === undefined ? null : endsAt / 1000,
        heartbeatSeconds ?? null,
      ],
    });
  }

  async remove(transaction: Transaction, id: string): Promise<void> {
    await transaction.query({ text: 'DELETE FROM exchange.subscriber WHERE id = $1', values: [id] });
  }

  /** @returns false when the client has written it anew: then the state is not for us to change */
  async settle(
    transaction: Transaction,
    { id, revision }: Subscriber,
    status: SubscriptionState,
  ): Promise<boolean> {
    const rows = await transaction.query({
      name: 'exchange.subscriber.settle',
      text: `UPDATE exchange.subscriber SET status = $3, failures = 0, failing_since = NULL,
          next_at = clock_timestamp(), last_sent_at = clock_timestamp()
        WHERE id = $1 AND revision = $2 RETURNING id`,
      values: [id, revision, status],
    });
    return rows.length > 0;
  }

  /** The receiver took everything up to this number. */
  async taken({ id }: Subscriber, number: number): Promise<void> {
    await this.#database.query(everyRow, {
      name: 'exchange.subscriber.taken',
      text: `UPDATE exchange.subscriber SET delivered = greatest(delivered, $2), failures = 0, failing_since = NULL,
          next_at = clock_timestamp(), last_sent_at = clock_timestamp() WHERE id = $1`,
      values: [id, number],
    });
  }

  /** Not before so many milliseconds. `failed`: because its receiver did not take what it was sent. */
  async postpone({ id, revision }: Subscriber, pauseMs: number, failed: boolean): Promise<void> {
    await this.#database.query(everyRow, {
      name: 'exchange.subscriber.postpone',
      text: `UPDATE exchange.subscriber SET next_at = clock_timestamp() + $3::float8 * interval '1 millisecond',
          failures = failures + CASE WHEN $4 THEN 1 ELSE 0 END,
          failing_since = CASE WHEN $4 THEN coalesce(failing_since, clock_timestamp()) ELSE failing_since END
        WHERE id = $1 AND revision = $2`,
      values: [id, revision, pauseMs, failed],
    });
  }
}
