import { type EventDatabase, everyRow } from './event-database.ts';
import { outboxDays } from './event-tables.ts';
import { type Lease, relayLease } from './lease.ts';
import { eventColumns, eventOf, type EventRow, type PositionedEvent } from './positioned-event.ts';

/** What the relay and the readers ask of a part's outbox. */
export interface Outbox {
  /** Whether there are committed events without a position. Asks without any lock. */
  hasUnpublished(): Promise<boolean>;
  /** Gives the committed events that have none yet their positions, oldest first; empty when the lease is lost. */
  publish(lease: Lease, limit: number): Promise<PositionedEvent[]>;
  /** The published events after a position, in order; of these patterns, or of all. */
  read(after: number, limit: number, patterns?: readonly string[]): Promise<PositionedEvent[]>;
  /** The last position given, 0 at first. */
  last(): Promise<number>;
}

const daysAhead = 3;

/**
 * The outbox of one part in PostgreSQL. Its rows get their position after their commit and under the lock of the
 * relay's lease, so whoever reads `position > cursor` misses none; `id > cursor` would miss those that commit late.
 */
export class PostgresOutbox implements Outbox {
  readonly #database: EventDatabase;
  readonly #schema: string;

  constructor(database: EventDatabase) {
    this.#database = database;
    this.#schema = database.schema;
  }

  async hasUnpublished(): Promise<boolean> {
    const [row] = await this.#database.query<{ found: boolean }>(everyRow, {
      name: `${this.#schema}.outbox.any`,
      text: `SELECT EXISTS (SELECT FROM "${this.#schema}".outbox WHERE position IS NULL) AS found`,
    });
    return row?.found ?? false;
  }

  async publish(lease: Lease, limit: number): Promise<PositionedEvent[]> {
    const mine = [lease.name, lease.holder, lease.epoch];
    // The lock comes in a statement of its own: the next one's snapshot then sees all that its last holder published.
    const [, rows] = await this.#database.pipeline<EventRow>(everyRow, [
      { name: `${this.#schema}.outbox.lock`, text: lockSql(this.#schema), values: mine },
      { name: `${this.#schema}.outbox.publish`, text: publishSql(this.#schema), values: [...mine, limit] },
    ]);
    return (rows ?? []).map(eventOf).sort((one, other) => one.position - other.position);
  }

  async read(after: number, limit: number, patterns?: readonly string[]): Promise<PositionedEvent[]> {
    const some = patterns === undefined ? '' : 'AND o.pattern = ANY($3) ';
    const rows = await this.#database.query<EventRow>(everyRow, {
      name: `${this.#schema}.outbox.${some === '' ? 'read' : 'read-heard'}`,
      text: `SELECT ${eventColumns('o')} FROM "${this.#schema}".outbox o WHERE o.position > $1 ${some}ORDER BY o.position LIMIT $2`,
      values: [after, limit, ...(patterns === undefined ? [] : [patterns])],
    });
    return rows.map(eventOf);
  }

  async last(): Promise<number> {
    const [row] = await this.#database.query<{ position: number }>(everyRow, {
      name: `${this.#schema}.outbox.last`,
      text: `SELECT position FROM "${this.#schema}".event_lease WHERE name = $1`,
      values: [relayLease],
    });
    return row?.position ?? 0;
  }

  /** Makes the partitions of the coming days and drops those whose days are over. */
  async tend(): Promise<void> {
    const text = `SELECT "${this.#schema}".tend_outbox($1, $2)`;
    await this.#database.query(everyRow, { text, values: [daysAhead, outboxDays] });
  }

  /** How many events are not published yet, and the age of the oldest in milliseconds. */
  async backlog(): Promise<{ events: number; oldestMs: number }> {
    const [row] = await this.#database.query<{ events: number; oldest: number }>(everyRow, {
      text: `SELECT count(*) AS events, coalesce(extract(epoch FROM clock_timestamp() - min(occurred_at)) * 1000, 0)::bigint AS oldest
        FROM "${this.#schema}".outbox WHERE position IS NULL`,
    });
    return { events: row?.events ?? 0, oldestMs: row?.oldest ?? 0 };
  }
}

function lockSql(schema: string): string {
  return `SELECT FROM "${schema}".event_lease WHERE name = $1 AND holder = $2 AND epoch = $3 FOR UPDATE`;
}

function publishSql(schema: string): string {
  return `WITH batch AS MATERIALIZED (
  SELECT id, occurred_at, row_number() OVER (ORDER BY id) AS nth FROM (
    SELECT id, occurred_at FROM "${schema}".outbox WHERE position IS NULL ORDER BY id LIMIT $4
  ) AS oldest
), lease AS (
  UPDATE "${schema}".event_lease SET position = position + (SELECT count(*) FROM batch)
  WHERE name = $1 AND holder = $2 AND epoch = $3
  RETURNING position - (SELECT count(*) FROM batch) AS base
)
UPDATE "${schema}".outbox AS o SET position = lease.base + batch.nth FROM batch, lease
WHERE o.id = batch.id AND o.occurred_at = batch.occurred_at
RETURNING ${eventColumns('o')}`;
}
