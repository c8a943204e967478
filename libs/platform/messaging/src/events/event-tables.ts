/** Rows of the outbox live this long. */
export const outboxDays = 7;
/** Marks of the inbox live longer, so that nothing the outbox still holds is applied again. */
export const inboxDays = outboxDays + 2;

/**
 * The tables of events in the schema of one part, for its first migration, which runs as the schema's owner.
 *
 * - `outbox`: what happened, written in the transaction in which it happened. `position` is the place in the one
 *   order in which everybody reads it; the relay gives it after the commit, so a reader's cursor on it skips nothing.
 * - `stream_head`: the last sequence of each order key; its row lock makes the order.
 * - `event_lease`: who relays, or listens, now, and how far. Epochs fence; times are the database's.
 * - `inbox`: what each subscription applied, written in the transaction that applied it.
 * - `held_event`: events that a subscription could not apply yet: retried at `retry_at`, parked at `infinity`, with
 *   the later ones of the same order key queueing behind.
 */
export function eventTablesSql(schema: string): string {
  const s = `"${schema.replaceAll('"', '""')}"`;
  return `
CREATE TABLE ${s}.stream_head (
  order_key text COLLATE "C" PRIMARY KEY,
  last_sequence bigint NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE ${s}.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY,
  occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  message_id uuid NOT NULL DEFAULT gen_random_uuid(),
  pattern text COLLATE "C" NOT NULL,
  order_key text COLLATE "C" NOT NULL,
  order_sequence bigint NOT NULL,
  payload text NOT NULL,
  traceparent text NOT NULL DEFAULT '',
  position bigint,
  PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE TABLE ${s}.outbox_default PARTITION OF ${s}.outbox DEFAULT;
CREATE INDEX outbox_unpublished ON ${s}.outbox (id) WHERE position IS NULL;
CREATE INDEX outbox_position ON ${s}.outbox (position) WHERE position IS NOT NULL;

CREATE TABLE ${s}.event_lease (
  name text COLLATE "C" PRIMARY KEY,
  holder text NOT NULL,
  epoch bigint NOT NULL DEFAULT 1,
  expires_at timestamptz NOT NULL,
  position bigint NOT NULL DEFAULT 0,
  stream_created text NOT NULL DEFAULT '',
  stream_sequence bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE ${s}.inbox (
  subscription text COLLATE "C" NOT NULL,
  message_id uuid NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (subscription, message_id)
);
CREATE INDEX inbox_applied_at ON ${s}.inbox USING brin (applied_at);

CREATE TABLE ${s}.held_event (
  subscription text COLLATE "C" NOT NULL,
  publisher text COLLATE "C" NOT NULL,
  order_key text COLLATE "C" NOT NULL,
  order_sequence bigint NOT NULL,
  position bigint NOT NULL,
  message_id uuid NOT NULL,
  pattern text NOT NULL,
  payload text NOT NULL,
  traceparent text NOT NULL,
  occurred_at timestamptz NOT NULL,
  attempts integer NOT NULL,
  retry_at timestamptz NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (subscription, publisher, order_key, order_sequence)
);
${tendFunctionSql(schema)}`;
}

/**
 * Partitions a few days ahead, and none older than the days kept. It belongs to the owner and runs as the owner, since
 * the role that relays may change rows only. A day whose rows already went to the default partition stays there, and
 * a lock that cannot be had at once is left for the next round: tending must not hold up a write.
 */
function tendFunctionSql(schema: string): string {
  const s = `"${schema.replaceAll('"', '""')}"`;
  return `
CREATE FUNCTION ${s}.tend_outbox(days_ahead integer, days_kept integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '300ms' SET timezone = 'UTC' AS $tend$
DECLARE
  today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
  of_day date;
  partition text;
BEGIN
  FOR of_day IN SELECT today + n FROM generate_series(0, days_ahead) AS n LOOP
    partition := 'outbox_' || to_char(of_day, 'YYYYMMDD');
    CONTINUE WHEN EXISTS (
      SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = '${schema}' AND c.relname = partition);
    BEGIN
      EXECUTE format('CREATE TABLE ${s}.%I (LIKE ${s}.outbox INCLUDING DEFAULTS)', partition);
      EXECUTE format('ALTER TABLE ${s}.outbox ATTACH PARTITION ${s}.%I FOR VALUES FROM (%L) TO (%L)',
        partition, of_day::timestamp AT TIME ZONE 'UTC', (of_day + 1)::timestamp AT TIME ZONE 'UTC');
    EXCEPTION WHEN check_violation OR lock_not_available OR duplicate_table THEN NULL;
    END;
  END LOOP;
  FOR partition IN
    SELECT c.relname FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = '${s}.outbox'::regclass AND c.relname ~ '^outbox_[0-9]{8}$'
      AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - days_kept
  LOOP
    BEGIN
      EXECUTE format('DROP TABLE ${s}.%I', partition);
    EXCEPTION WHEN lock_not_available THEN NULL;
    END;
  END LOOP;
  DELETE FROM ${s}.outbox_default WHERE occurred_at < today - days_kept AND position IS NOT NULL;
END
$tend$;
`;
}
