import { rowPolicy, type Caller } from '#platform/access';
import type { ContextDatabase, Transaction } from '#platform/database';
import type { DeliveryState } from './deliveries.ts';

/** What the log says of one delivery. Times are milliseconds since the epoch. */
export interface LoggedDelivery {
  readonly communication: string;
  readonly position: number;
  readonly endpoint: string;
  readonly patients: readonly string[];
  readonly partner: string | null;
  readonly state: DeliveryState;
  readonly dueAt: number;
  readonly attempts: number;
  readonly firstAttemptAt: number | null;
  readonly lastAttemptAt: number | null;
  readonly endedAt: number | null;
  readonly proof: string | null;
  readonly reason: string | null;
}

export interface DeliveriesWanted {
  readonly states: readonly DeliveryState[];
  readonly endpoint?: string;
  readonly partner?: string;
  readonly patient?: string;
  /** Only those due at or after. */
  readonly since?: Date;
  readonly count: number;
  /** Only older ones than this position. */
  readonly before?: number;
}

const milliseconds = (column: string, name: string) =>
  `(extract(epoch FROM ${column}) * 1000)::int8 AS "${name}"`;

/** The newest first; one more than wanted, when there is one. */
export function listDeliveries(
  database: ContextDatabase,
  caller: Caller,
  { states, endpoint, partner, patient, since, count, before }: DeliveriesWanted,
): Promise<LoggedDelivery[]> {
  return database.query<LoggedDelivery>(rowPolicy(caller), {
    name: 'exchange.delivery.list',
    text: `SELECT communication, position, endpoint, patients, partner, state, attempts, proof, reason,
        ${milliseconds('due_at', 'dueAt')}, ${milliseconds('first_attempt_at', 'firstAttemptAt')},
        ${milliseconds('last_attempt_at', 'lastAttemptAt')}, ${milliseconds('ended_at', 'endedAt')}
      FROM exchange.delivery WHERE state = ANY ($1) AND ($2::text IS NULL OR endpoint = $2)
        AND ($3::text IS NULL OR partner = $3) AND ($4::text IS NULL OR patients @> ARRAY[$4::text])
        AND ($5::timestamptz IS NULL OR due_at >= $5) AND ($6::int8 IS NULL OR position < $6)
      ORDER BY position DESC LIMIT $7`,
    values: [
      states,
      endpoint ?? null,
      partner ?? null,
      patient ?? null,
      since ?? null,
      before ?? null,
      count + 1,
    ],
  });
}

/** One communication, or all of an endpoint. */
export type WhichDeliveries = { readonly communication: string } | { readonly endpoint: string };

/** What of it was stopped. */
export function listStopped(
  database: ContextDatabase,
  which: WhichDeliveries,
): Promise<Pick<LoggedDelivery, 'communication' | 'patients'>[]> {
  const column = 'communication' in which ? 'communication' : 'endpoint';
  return database.query('*', {
    name: `exchange.delivery.stopped-of-${column}`,
    text: `SELECT communication, patients FROM exchange.delivery WHERE ${column} = $1 AND state = 'stopped'
      ORDER BY position`,
    values: Object.values(which),
  });
}

/** Has what was stopped of these sent again, in its order. Answers how many there were. */
export async function sendAgain(
  transaction: Transaction,
  communications: readonly string[],
): Promise<number> {
  const stopped = await transaction.query<{ communication: string }>({
    name: 'exchange.delivery.lock-stopped',
    text: `SELECT communication FROM exchange.delivery WHERE communication = ANY ($1) AND state = 'stopped'
      ORDER BY position FOR UPDATE`,
    values: [communications],
  });
  // Their new places are given in the order of the old ones, behind what waits already.
  await transaction.query({
    name: 'exchange.delivery.resend',
    text: `WITH placed AS MATERIALIZED (
        SELECT communication, nextval(pg_get_serial_sequence('exchange.delivery', 'position')) AS position
        FROM unnest($1::text[]) AS u (communication)
      )
      UPDATE exchange.delivery d SET state = 'waiting', position = p.position, due_at = clock_timestamp(),
        next_at = clock_timestamp(), failures = 0, refusals = 0, edition = edition + refused::int, refused = false,
        ended_at = NULL, settled_at = NULL
      FROM placed p WHERE d.communication = p.communication`,
    values: [stopped.map(({ communication }) => communication)],
  });
  return stopped.length;
}
