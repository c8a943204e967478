import { type EventDatabase, everyRow } from './event-database.ts';

export interface HeldCount {
  readonly subscription: string;
  readonly publisher: string;
  /** Order keys that wait for somebody to replay them. */
  readonly parked: number;
  /** Events set aside, parked ones and those behind them included. */
  readonly held: number;
}

export async function heldCounts(database: EventDatabase): Promise<HeldCount[]> {
  return database.query<HeldCount & Record<string, unknown>>(everyRow, {
    name: `${database.schema}.held.count`,
    text: `SELECT subscription, publisher, count(*) FILTER (WHERE retry_at = 'infinity') AS parked, count(*) AS held
      FROM "${database.schema}".held_event GROUP BY subscription, publisher`,
  });
}

export interface ParkedEvent {
  readonly subscription: string;
  readonly publisher: string;
  readonly orderKey: string;
  readonly id: string;
  readonly pattern: string;
  readonly attempts: number;
  /** A kind of fault. */
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly occurredAt: number;
  /** Events of the same order key that wait behind it. */
  readonly behind: number;
}

/** The first event of each parked order key, oldest first. */
export async function parkedEvents(database: EventDatabase, limit = 100): Promise<ParkedEvent[]> {
  const table = `"${database.schema}".held_event`;
  return database.query<ParkedEvent & Record<string, unknown>>(everyRow, {
    text: `SELECT subscription, publisher, order_key AS "orderKey", message_id AS id, pattern, attempts, reason,
        occurred_at AS "occurredAt", (SELECT count(*) FROM ${table} AS b WHERE b.subscription = p.subscription
          AND b.publisher = p.publisher AND b.order_key = p.order_key AND b.order_sequence > p.order_sequence) AS behind
      FROM ${table} AS p WHERE retry_at = 'infinity' ORDER BY occurred_at LIMIT $1`,
    values: [limit],
  });
}

/**
 * Gives what is parked another round of attempts; what waits behind it follows in order. The process that leads the
 * subscription finds it within a second.
 *
 * @returns how many order keys were parked
 */
export async function replayParked(
  database: EventDatabase,
  subscription: string,
  orderKey?: string,
): Promise<number> {
  const rows = await database.query(everyRow, {
    text: `UPDATE "${database.schema}".held_event SET attempts = 0, retry_at = clock_timestamp(), reason = 'replay'
      WHERE subscription = $1 AND retry_at = 'infinity' AND ($2::text IS NULL OR order_key = $2)
      RETURNING true AS replayed`,
    values: [subscription, orderKey ?? null],
  });
  return rows.length;
}
