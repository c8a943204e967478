import { rowPolicy, type Caller } from '#platform/access';
import type { ContextDatabase, Transaction } from '#platform/database';
import { appendEvents } from '#platform/messaging';
import { announcement, type V2Issue, type V2State } from './v2-messages.ts';

/** What may be told of a message without showing what stands in it. */
export interface V2MessageHead {
  readonly id: string;
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly listener: string;
  readonly sender: string;
  readonly controlId: string;
  readonly event: string;
  readonly state: V2State;
  readonly issues: readonly V2Issue[];
  /** How often the sender sent it again. */
  readonly repeated: number;
  /** 1, and one more each time that somebody had it applied again. */
  readonly attempt: number;
  /** Its control id was another message's before. */
  readonly reusedId: boolean;
  readonly corrects: string | null;
  /** The one that was taken in its place. */
  readonly correctedBy: string | null;
  /** The rule pack by which it was applied. */
  readonly rules: string | null;
  /** Ids of the patients whom it concerned when it was applied. */
  readonly patients: readonly string[];
}

export interface V2MessageWithBody extends V2MessageHead {
  readonly body: Buffer;
  readonly characterSet: string;
}

export interface HeadsWanted {
  readonly states: readonly V2State[];
  readonly listener?: string;
  /** Only those that were taken although something is wrong with them. */
  readonly warned?: boolean;
  readonly count: number;
  /** Only older ones than this position. */
  readonly before?: number;
}

const head = `id, position, (extract(epoch FROM received_at) * 1000)::float8 AS "receivedAt", listener, sender,
  control_id AS "controlId", event, state, issues, repeated, attempt, reused_id AS "reusedId", corrects, rules, patients,
  (SELECT c.id FROM v2_message c WHERE c.corrects = v2_message.id ORDER BY c.position DESC LIMIT 1) AS "correctedBy"`;
const isWarned = `state IN ('waiting', 'applied') AND issues <> '[]'`;

/** The newest first; one more than wanted, when there is one. */
export function listHeads(
  database: ContextDatabase,
  caller: Caller,
  { states, listener, warned = false, count, before }: HeadsWanted,
): Promise<V2MessageHead[]> {
  return database.query<V2MessageHead>(rowPolicy(caller), {
    name: warned ? 'exchange.v2.list-warned' : 'exchange.v2.list',
    text: `SELECT ${head} FROM v2_message WHERE state = ANY ($1)${warned ? ` AND ${isWarned}` : ''}
      AND ($2::text IS NULL OR listener = $2) AND ($3::int8 IS NULL OR position < $3) ORDER BY position DESC LIMIT $4`,
    values: [states, listener ?? null, before ?? null, count + 1],
  });
}

export async function findMessage(
  database: ContextDatabase,
  caller: Caller,
  id: string,
): Promise<V2MessageWithBody | undefined> {
  const [row] = await database.query<V2MessageWithBody>(rowPolicy(caller), {
    name: 'exchange.v2.find',
    text: `SELECT ${head}, body, character_set AS "characterSet" FROM v2_message WHERE id = $1`,
    values: [id],
  });
  return row;
}

/** What came from an instant on and before another one. */
export interface Stretch {
  readonly from: Date;
  readonly to: Date;
  readonly listener?: string;
}

/**
 * Has messages applied once more that were taken, in their order: each as if it came now. Answers how many there were.
 */
export async function applyAgain(
  transaction: Transaction,
  which: { readonly ids: readonly string[] } | Stretch,
): Promise<number> {
  const byId = 'ids' in which;
  const rows = await transaction.query<{ id: string; lane: string }>({
    name: byId ? 'exchange.v2.again-by-id' : 'exchange.v2.again-by-time',
    text: `WITH again AS (UPDATE v2_message SET state = 'waiting', attempt = attempt + 1, settled_at = NULL
        WHERE state IN ('applied', 'failed')
          AND ${byId ? 'id = ANY ($1)' : 'received_at >= $1 AND received_at < $2 AND ($3::text IS NULL OR listener = $3)'}
        RETURNING id, position, lane)
      SELECT id, lane FROM again ORDER BY position`,
    values: byId ? [which.ids] : [which.from, which.to, which.listener ?? null],
  });
  await appendEvents(transaction, rows.map(announcement));
  return rows.length;
}

/** How many messages of that time are rejected: what they say was never taken, so it cannot be applied again. */
export async function countRejected(
  transaction: Transaction,
  { from, to, listener }: Stretch,
): Promise<number> {
  const [row] = await transaction.query<{ count: number }>({
    name: 'exchange.v2.count-rejected',
    text: `SELECT count(*)::int AS count FROM v2_message WHERE state = 'rejected'
      AND received_at >= $1 AND received_at < $2 AND ($3::text IS NULL OR listener = $3)`,
    values: [from, to, listener ?? null],
  });
  return row?.count ?? 0;
}

/** Whether there was one to dismiss. */
export async function dismiss(transaction: Transaction, id: string): Promise<boolean> {
  const rows = await transaction.query({
    name: 'exchange.v2.dismiss',
    text: `UPDATE v2_message SET state = 'dismissed', settled_at = clock_timestamp()
      WHERE id = $1 AND state IN ('rejected', 'failed') RETURNING id`,
    values: [id],
  });
  return rows.length > 0;
}

/**
 * Removes messages that were settled before, the oldest first. One copy at a time does: to another it answers that there
 * was none.
 */
export function removeSettled(
  database: ContextDatabase,
  { before, most }: { readonly before: Date; readonly most: number },
): Promise<number> {
  return database.transact('*', async (transaction) => {
    const [lock] = await transaction.query<{ mine: boolean }>({
      name: 'exchange.v2.remove-lock',
      text: `SELECT pg_try_advisory_xact_lock(hashtextextended('exchange v2 retention', 0)) AS mine`,
    });
    if (lock?.mine !== true) return 0;
    const removed = await transaction.query({
      name: 'exchange.v2.remove',
      text: `DELETE FROM v2_message WHERE id = ANY (ARRAY(
          SELECT id FROM v2_message WHERE state IN ('applied', 'dismissed') AND settled_at < $1 ORDER BY settled_at LIMIT $2))
        RETURNING id`,
      values: [before, most],
    });
    return removed.length;
  });
}

/** A message as it came, to see what would be made of it. */
export interface V2MessageToTry {
  readonly id: string;
  readonly position: number;
  readonly listener: string;
  readonly body: Buffer;
  readonly characterSet: string;
  readonly patients: readonly string[];
}

/** The newest first; one more than wanted, when there is one. `since`: milliseconds since the epoch. */
export function listBodies(
  database: ContextDatabase,
  caller: Caller,
  { since, before, count }: { readonly since?: number; readonly before?: number; readonly count: number },
): Promise<V2MessageToTry[]> {
  return database.query<V2MessageToTry>(rowPolicy(caller), {
    name: 'exchange.v2.bodies',
    text: `SELECT id, position, listener, body, character_set AS "characterSet", patients FROM v2_message
      WHERE ($1::float8 IS NULL OR received_at >= to_timestamp($1::float8 / 1000))
        AND ($2::int8 IS NULL OR position < $2) ORDER BY position DESC LIMIT $3`,
    values: [since ?? null, before ?? null, count + 1],
  });
}
