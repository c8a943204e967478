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
  /** Mostly names a patient. */
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
  return database.query<ParkedEvent & Record<string, unknown>>(everyRow, {
    text: `SELECT subscription, publisher, order_key AS "orderKey", message_id AS id, pattern, attempts, reason,
        occurred_at AS "occurredAt", ${behind(database, 'p')} AS behind
      FROM "${database.schema}".held_event AS p WHERE retry_at = 'infinity' ORDER BY occurred_at LIMIT $1`,
    values: [limit],
  });
}

/** Which of a subscription's parked order keys: one, by its name or by the id of the event that is parked; else all. */
export interface ParkedKeys {
  readonly subscription: string;
  readonly orderKey?: string | undefined;
  readonly eventId?: string | undefined;
}

export interface ReplayedKey {
  readonly orderKey: string;
  /** Events that wait behind the one that was parked. */
  readonly behind: number;
}

/** What `replayParked` would replay now. */
export async function findParked(database: EventDatabase, keys: ParkedKeys): Promise<ReplayedKey[]> {
  return database.query<ReplayedKey & Record<string, unknown>>(everyRow, {
    text: `SELECT order_key AS "orderKey", ${behind(database, 'p')} AS behind
      FROM "${database.schema}".held_event AS p WHERE ${isMeant}`,
    values: valuesOf(keys),
  });
}

/**
 * Gives what is parked another round of attempts; what waits behind it follows in order. The process that leads the
 * subscription finds it within a second.
 */
export async function replayParked(database: EventDatabase, keys: ParkedKeys): Promise<ReplayedKey[]> {
  return database.query<ReplayedKey & Record<string, unknown>>(everyRow, {
    text: `UPDATE "${database.schema}".held_event AS p SET attempts = 0, retry_at = clock_timestamp(), reason = 'replay'
      WHERE ${isMeant} RETURNING order_key AS "orderKey", ${behind(database, 'p')} AS behind`,
    values: valuesOf(keys),
  });
}

const isMeant = `subscription = $1 AND retry_at = 'infinity'
  AND ($2::text IS NULL OR order_key = $2) AND ($3::uuid IS NULL OR message_id = $3)`;

function valuesOf({ subscription, orderKey, eventId }: ParkedKeys): unknown[] {
  return [subscription, orderKey ?? null, eventId ?? null];
}

function behind({ schema }: EventDatabase, parked: string): string {
  return `(SELECT count(*) FROM "${schema}".held_event AS b WHERE b.subscription = ${parked}.subscription
    AND b.publisher = ${parked}.publisher AND b.order_key = ${parked}.order_key AND b.order_sequence > ${parked}.order_sequence)`;
}
