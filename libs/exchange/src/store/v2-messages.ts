import type { Transaction } from '#platform/database';
import { appendEvents, type NewEvent } from '#platform/messaging';
import { v2Received } from '../v2/v2-events.ts';

export type V2State = 'waiting' | 'applied' | 'rejected' | 'failed' | 'dismissed';

/** What is wrong with a message, and where; never what stands there. */
export interface V2Issue {
  /** As in ERR-2: `PID[1]-3.1`; absent when it is the message as a whole. */
  readonly location?: string;
  /** https://terminology.hl7.org/CodeSystem-v2-0357.html */
  readonly code: string;
  readonly text: string;
}

/** A message as it is kept before anybody is told that it is. */
export interface NewV2Message {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly listener: string;
  /** MSH-3 and MSH-4, by which a sender's control ids are told from another's. */
  readonly sender: string;
  readonly controlId: string;
  readonly bodyHash: Buffer;
  /** Such as `ADT^A01`. */
  readonly event: string;
  /** A hash of the patient's identifier: messages of one are applied in order. */
  readonly identity: string;
  /** Of the patient who is merged into that one. */
  readonly mergedIdentity?: string;
  readonly state: 'waiting' | 'rejected';
  readonly body: Buffer;
  /** What it is read in when it does not say. */
  readonly characterSet: string;
  readonly acknowledgement: Buffer;
  readonly issues: readonly V2Issue[];
  /** The message that this one corrects. */
  readonly corrects?: string;
}

export interface Kept {
  readonly isNew: boolean;
  /** The one that the sender got the first time. */
  readonly acknowledgement: Buffer;
}

/**
 * Keeps messages that arrived, in their order, and announces those that are to be applied. One that was kept before, from
 * the same sender, under the same control id and with the same content, is not kept again.
 */
export async function keepMessages(
  transaction: Transaction,
  messages: readonly NewV2Message[],
): Promise<readonly Kept[]> {
  const inserted = await transaction.query<{ id: string; lane: string; state: V2State }>({
    name: 'exchange.v2.keep',
    text: keepSql,
    values: [
      messages.map(({ id }) => id),
      messages.map(({ listener }) => listener),
      messages.map(({ sender }) => sender),
      messages.map(({ controlId }) => controlId),
      messages.map(({ bodyHash }) => bodyHash),
      messages.map(({ event }) => event),
      messages.map(({ identity }) => identity),
      messages.map(({ mergedIdentity }) => mergedIdentity ?? null),
      messages.map(({ state }) => state),
      messages.map(({ body }) => body),
      messages.map(({ characterSet }) => characterSet),
      messages.map(({ acknowledgement }) => acknowledgement),
      messages.map(({ issues }) => JSON.stringify(issues)),
      messages.map(({ corrects }) => corrects ?? null),
      messages.map(({ receivedAt }) => receivedAt),
    ],
  });
  const fresh = new Map(inserted.map((row) => [row.id, row]));
  const events = messages.flatMap(({ id }) => {
    const row = fresh.get(id);
    return row?.state === 'waiting' ? [announcement(row)] : [];
  });
  for (const message of messages) if (fresh.has(message.id)) await mergeLanes(transaction, message);
  await appendEvents(transaction, events);
  const known = messages.filter(({ id }) => !fresh.has(id));
  const answers = await repeat(transaction, known);
  return messages.map((message) => ({
    isNew: fresh.has(message.id),
    acknowledgement: answers.get(message.id) ?? message.acknowledgement,
  }));
}

/**
 * Notes what another look at a rejected message found, by the rules of `receivedAt`: when it can be taken now, it is
 * announced, as if it came now. Answers whether it was rejected still.
 */
export async function judgeAgain(transaction: Transaction, message: NewV2Message): Promise<boolean> {
  const { id, state, issues, identity, mergedIdentity, receivedAt } = message;
  const [row] = await transaction.query<{ id: string; lane: string }>({
    name: 'exchange.v2.judge-again',
    text: judgeAgainSql,
    values: [id, state, JSON.stringify(issues), identity, mergedIdentity ?? null, receivedAt],
  });
  if (row === undefined || state === 'rejected') return row !== undefined;
  await mergeLanes(transaction, message);
  await appendEvents(transaction, [announcement(row)]);
  return true;
}

/** That a message is to be applied, after those of its lane that were announced before. */
export function announcement({ id, lane }: { readonly id: string; readonly lane: string }): NewEvent {
  return { type: v2Received, orderKey: `v2/${lane}`, payload: { message: id } };
}

/** From now on messages for the one who was merged come after the merge, in the lane of the survivor. */
async function mergeLanes(transaction: Transaction, message: NewV2Message): Promise<void> {
  const { identity, mergedIdentity, state } = message;
  if (mergedIdentity === undefined || state !== 'waiting') return;
  await transaction.query({
    name: 'exchange.v2.merge-lanes',
    text: `WITH old AS (SELECT coalesce((SELECT lane FROM v2_lane WHERE identity = $2), $2) AS lane),
        new AS (SELECT coalesce((SELECT lane FROM v2_lane WHERE identity = $1), $1) AS lane),
        moved AS (UPDATE v2_lane SET lane = new.lane FROM old, new WHERE v2_lane.lane = old.lane AND identity <> $2)
      INSERT INTO v2_lane (identity, lane) SELECT $2, new.lane FROM old, new WHERE old.lane <> new.lane
      ON CONFLICT (identity) DO UPDATE SET lane = excluded.lane`,
    values: [identity, mergedIdentity],
  });
}

/** What was answered the first time. A statement of its own sees what another connection has just committed. */
async function repeat(
  transaction: Transaction,
  messages: readonly NewV2Message[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (messages.length === 0) return new Map();
  const rows = await transaction.query<{ id: string; acknowledgement: Buffer }>({
    name: 'exchange.v2.repeat',
    text: `WITH again AS (
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) AS g (id, sender, control_id, body_hash)),
      counted AS (
        UPDATE v2_message m SET repeated = repeated + times
        FROM (SELECT sender, control_id, body_hash, count(*)::int AS times FROM again GROUP BY 1, 2, 3) g
        WHERE m.sender = g.sender AND m.control_id = g.control_id AND m.body_hash = g.body_hash
        RETURNING g.*, m.acknowledgement)
      SELECT again.id, acknowledgement FROM again JOIN counted USING (sender, control_id, body_hash)`,
    values: [
      messages.map(({ id }) => id),
      messages.map(({ sender }) => sender),
      messages.map(({ controlId }) => controlId),
      messages.map(({ bodyHash }) => bodyHash),
    ],
  });
  return new Map(rows.map(({ id, acknowledgement }) => [id, acknowledgement]));
}

// The lane of a merge that is kept is the survivor's, and of the merged one that which he had until now.
const keepSql = `
INSERT INTO v2_message (id, listener, sender, control_id, body_hash, event, lane, merged_lane, state, body, character_set, acknowledgement,
  issues, corrects, received_at, settled_at, reused_id)
SELECT g.id, g.listener, g.sender, g.control_id, g.body_hash, g.event, coalesce(own.lane, g.identity),
  coalesce(other.lane, g.merged_identity), g.state, g.body, g.character_set, g.acknowledgement, g.issues::jsonb, g.corrects,
  to_timestamp(g.received_at / 1000),
  CASE g.state WHEN 'rejected' THEN clock_timestamp() END,
  EXISTS (SELECT FROM v2_message p WHERE p.sender = g.sender AND p.control_id = g.control_id AND g.control_id <> '')
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::bytea[], $11::text[], $12::bytea[], $13::text[], $14::uuid[], $15::float8[]) WITH ORDINALITY
  AS g (id, listener, sender, control_id, body_hash, event, identity, merged_identity, state, body, character_set, acknowledgement, issues,
    corrects, received_at, place)
LEFT JOIN v2_lane own ON own.identity = g.identity
LEFT JOIN v2_lane other ON other.identity = g.merged_identity
ORDER BY g.place
ON CONFLICT (sender, control_id, body_hash) DO NOTHING
RETURNING id, lane, state`;

const judgeAgainSql = `
UPDATE v2_message SET state = $2, issues = $3::jsonb,
  lane = coalesce((SELECT lane FROM v2_lane WHERE identity = $4), $4),
  merged_lane = coalesce((SELECT lane FROM v2_lane WHERE identity = $5), $5),
  rules_at = to_timestamp($6::float8 / 1000),
  attempt = attempt + CASE $2 WHEN 'waiting' THEN 1 ELSE 0 END,
  settled_at = CASE $2 WHEN 'rejected' THEN clock_timestamp() END
WHERE id = $1 AND state = 'rejected'
RETURNING id, lane`;
