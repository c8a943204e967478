import type { NewEvent } from '../event.ts';
import type { EventStatement, EventTransaction } from './event-database.ts';

/**
 * The statement that puts events into the outbox of `schema`, for the one round trip of a write. It takes the locks
 * of the order keys, sorted, so give all events of a transaction at once: two statements could deadlock with two of
 * another transaction. `undefined` when there is nothing to say.
 */
export function eventStatement(
  schema: string,
  events: readonly NewEvent[],
  traceparent = '',
): EventStatement | undefined {
  const [only] = events;
  if (only === undefined) return undefined;
  if (events.length === 1) {
    const values = [only.orderKey, only.type.pattern, JSON.stringify(only.payload), traceparent];
    return { name: `${schema}.event.append`, text: appendOneSql(schema), values };
  }
  const values = [
    events.map((event) => event.orderKey),
    events.map((event) => event.type.pattern),
    events.map((event) => JSON.stringify(event.payload)),
    traceparent,
  ];
  return { name: `${schema}.events.append`, text: appendManySql(schema), values };
}

/** Publishes events with the transaction: all of its events in one call. Poke the relay after the commit. */
export async function appendEvents(
  transaction: EventTransaction,
  events: readonly NewEvent[],
  traceparent = '',
): Promise<void> {
  const statement = eventStatement(transaction.schema, events, traceparent);
  if (statement !== undefined) await transaction.query(statement);
}

// The id is drawn from its sequence after the head's lock is had: within one order key, ids ascend as commits do.
function appendOneSql(schema: string): string {
  return `WITH head AS (
  INSERT INTO "${schema}".stream_head AS h (order_key, last_sequence) VALUES ($1, 1)
  ON CONFLICT (order_key) DO UPDATE SET last_sequence = h.last_sequence + 1 RETURNING last_sequence
)
INSERT INTO "${schema}".outbox (order_key, order_sequence, pattern, payload, traceparent)
SELECT $1, last_sequence, $2, $3, $4 FROM head`;
}

function appendManySql(schema: string): string {
  return `WITH wanted AS (
  SELECT order_key COLLATE "C" AS order_key, pattern, payload, place,
    count(*) OVER (PARTITION BY order_key COLLATE "C") AS together,
    row_number() OVER (PARTITION BY order_key COLLATE "C" ORDER BY place) AS nth
  FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w (order_key, pattern, payload, place)
), head AS (
  INSERT INTO "${schema}".stream_head AS h (order_key, last_sequence)
  SELECT order_key, count(*) FROM wanted GROUP BY order_key ORDER BY order_key
  ON CONFLICT (order_key) DO UPDATE SET last_sequence = h.last_sequence + excluded.last_sequence
  RETURNING order_key, last_sequence
)
INSERT INTO "${schema}".outbox (order_key, order_sequence, pattern, payload, traceparent)
SELECT w.order_key, head.last_sequence - w.together + w.nth, w.pattern, w.payload, $4
FROM wanted w JOIN head ON head.order_key = w.order_key ORDER BY w.place`;
}
