import { indexSql } from './index-sql.ts';

/**
 * `write_resources`: all that writing means, for any number of resources, in one call: lock, check, superseded
 * version, row, index, change event, audit. It is VOLATILE, so each of its statements takes its own snapshot, and what
 * follows a lock sees what the lock guarded; a single SQL statement would not.
 *
 * Locks are taken in this order: idempotency keys, resources by type and id, order keys. Whoever writes several
 * resources gives them sorted, so no two calls wait for each other.
 *
 * A write that may not happen leaves no trace and is told by its `outcome`; the caller decides what becomes of the
 * others. `p_range_of` and `p_word_of` name, for each index row, the ordinal of its write.
 *
 * Its statements serve all writes of the call at once wherever they can: beginning one costs more than a row.
 */
export function writeFunctionSql(schema: string): string {
  const s = `"${schema}"`;
  return `
${headSql(s)}BEGIN
${createSql(s)}  FOR i IN 1..total LOOP
${decideSql}${supersedeSql(s)}${acceptSql}    RETURN NEXT;
  END LOOP;
  -- What changed nothing is not worth an event either.
  IF cardinality(accepted) = 0 THEN RETURN; END IF;
${indexSql(s)}${auditAndEventsSql(s)}END
$write$;
`;
}

function headSql(s: string): string {
  return `CREATE FUNCTION ${s}.write_resources(
  p_method "char"[], p_type text[], p_id text[], p_item int8[], p_content text[], p_patients text[], p_order_key text[],
  p_keys text[], p_if_match int4[], p_skip_same boolean,
  p_range_of int4[], p_range_key int8[], p_range_low float8[], p_range_high float8[], p_range_unit int8[], p_range_unit_code int8[],
  p_word_of int4[], p_word_key int8[], p_word_part text[], p_word_value text[],
  p_definition_set text, p_change_pattern text, p_traceparent text[],
  p_event_key text[], p_event_pattern text[], p_event_payload text[], p_event_traceparent text[],
  p_subject text[], p_client text[], p_purpose text[], p_break_glass boolean[], p_audit_detail text
) RETURNS TABLE (outcome text, new_version int4, moment int8)
LANGUAGE plpgsql AS $write$
DECLARE
  total CONSTANT int4 := cardinality(p_type);
  locked int4 := 0;
  stamp timestamptz(3);
  place int8;
  -- The items of those that were not there, and the places and items of those that were and change.
  fresh int8[] := '{}';
  changed int4[] := '{}';
  changed_item int8[] := '{}';
  old_version int4[];
  old_stamp timestamptz[];
  old_deleted boolean[];
  old_patients text[];
  old_same boolean[];
  event_key text[] := p_event_key;
  event_pattern text[] := p_event_pattern;
  event_payload text[] := p_event_payload;
  event_traceparent text[] := p_event_traceparent;
  accepted int4[] := '{}';
  accepted_outcome text[] := '{}';
  accepted_version int4[] := '{}';
  accepted_patients text[] := '{}';
`;
}

/** Of each write the row that is there, looked up by the primary key, whatever the planner thinks of the table's size. */
function rowsOf(s: string, select: string, suffix: string): string {
  return `LATERAL (
      SELECT ${select} FROM ${s}.resource r WHERE r.type = w.type COLLATE "C" AND r.id = w.id COLLATE "C" ${suffix}
    ) r`;
}

/** Locks what is there, inserts all that is new, then reads what was there already. */
function createSql(s: string): string {
  const lock = `PERFORM FROM unnest(p_type, p_id) AS w (type, id) CROSS JOIN ${rowsOf(s, '', 'FOR UPDATE')};`;
  return `  -- Whoever creates under an id of his own making need not look first.
  IF 'u' = ANY (p_method) OR 'd' = ANY (p_method) THEN
    ${lock}
    GET DIAGNOSTICS locked = ROW_COUNT;
  END IF;
  IF locked < total THEN
    stamp := clock_timestamp();
    WITH inserted AS (
      INSERT INTO ${s}.resource (type, id, item, last_updated, version, patients, definition_set, content)
      SELECT w.type, w.id, w.item, stamp, 1, w.patients::text[], p_definition_set, w.content
      FROM unnest(p_method, p_type, p_id, p_item, p_content, p_patients, p_if_match) WITH ORDINALITY
        AS w (method, type, id, item, content, patients, if_match, place)
      WHERE w.method <> 'd' AND coalesce(w.if_match, 0) = 0 ORDER BY w.place
      ON CONFLICT DO NOTHING RETURNING item
    ) SELECT coalesce(array_agg(item), '{}') INTO fresh FROM inserted;
    IF locked + cardinality(fresh) < total THEN
      -- Somebody was faster, or the row is one that this caller may not see.
      ${lock}
    END IF;
  END IF;
  IF cardinality(fresh) < total THEN
    SELECT array_agg(x.version), array_agg(x.last_updated), array_agg(x.deleted), array_agg(x.patients), array_agg(x.same)
      INTO old_version, old_stamp, old_deleted, old_patients, old_same
    FROM (
      SELECT r.*, p_skip_same AND r.content = w.content AS same
      FROM unnest(p_type, p_id, p_content) WITH ORDINALITY AS w (type, id, content, place)
      LEFT JOIN ${rowsOf(s, 'version, last_updated, deleted, patients::text, content', 'OFFSET 0')} ON true
      ORDER BY w.place
    ) AS x;
  END IF;
`;
}

/** What becomes of one write. */
const decideSql = `    new_version := 1;
    IF p_item[i] = ANY (fresh) THEN
      outcome := 'created';
    ELSIF old_version[i] IS NULL THEN
      stamp := clock_timestamp();
      outcome := CASE WHEN p_method[i] = 'd' AND p_if_match[i] IS NULL THEN 'absent'
        WHEN p_method[i] = 'd' OR p_if_match[i] > 0 THEN 'version-conflict' ELSE 'hidden' END;
    ELSE
      new_version := old_version[i];
      outcome := CASE
        WHEN p_if_match[i] IS NOT NULL AND p_if_match[i] <> CASE WHEN old_deleted[i] THEN 0 ELSE new_version END
          AND p_if_match[i] <> new_version THEN 'version-conflict'
        WHEN p_method[i] = 'c' THEN 'exists'
        WHEN p_method[i] = 'd' AND old_deleted[i] THEN 'absent'
        WHEN old_same[i] AND NOT old_deleted[i] THEN 'unchanged'
        WHEN p_method[i] = 'd' THEN 'deleted'
        WHEN old_deleted[i] THEN 'created'
        ELSE 'updated' END;
      stamp := old_stamp[i];
`;

/** The superseded version, and the row. */
function supersedeSql(s: string): string {
  const columns =
    'type, id, last_updated, version, codec, deleted, patients, organisation, labels, definition_set, content';
  return `      IF outcome IN ('created', 'updated', 'deleted') THEN
        new_version := new_version + 1;
        stamp := greatest(clock_timestamp()::timestamptz(3), stamp + interval '1 millisecond');
        changed := changed || i;
        changed_item := changed_item || p_item[i];
        INSERT INTO ${s}.history (${columns})
          SELECT ${columns} FROM ${s}.resource r WHERE r.type = p_type[i] AND r.id = p_id[i];
        UPDATE ${s}.resource r SET version = new_version, last_updated = stamp, deleted = (outcome = 'deleted'),
            patients = CASE outcome WHEN 'deleted' THEN r.patients ELSE p_patients[i]::text[] END,
            definition_set = CASE outcome WHEN 'deleted' THEN r.definition_set ELSE p_definition_set END, content = p_content[i]
          WHERE r.type = p_type[i] AND r.id = p_id[i];
      END IF;
    END IF;
`;
}

/** Notes an accepted write, whose keys, events and audit follow for all writes together. */
const acceptSql = `    moment := (extract(epoch FROM stamp) * 1000)::int8;
    IF outcome IN ('created', 'updated', 'deleted') THEN
      accepted := accepted || i;
      accepted_outcome := accepted_outcome || outcome;
      accepted_version := accepted_version || new_version;
      -- Whom it leaves is touched as well as whom it comes to.
      accepted_patients := accepted_patients || CASE
        WHEN outcome = 'deleted' THEN old_patients[i]
        WHEN coalesce(old_patients[i], p_patients[i]) = p_patients[i] THEN p_patients[i]
        ELSE (SELECT array_agg(DISTINCT p COLLATE "C")::text FROM unnest(old_patients[i]::text[] || p_patients[i]::text[]) AS p) END;
      IF p_change_pattern IS NOT NULL THEN
        event_key := event_key || coalesce(p_order_key[i], 'Patient/' || (old_patients[i]::text[])[1], p_type[i] || '/' || p_id[i]);
        event_pattern := event_pattern || p_change_pattern;
        event_payload := event_payload || ('{"type":"' || p_type[i] || '","id":"' || p_id[i] || '","version":' || new_version
          || ',"change":"' || outcome || '"}');
        event_traceparent := event_traceparent || p_traceparent[i];
      END IF;
    END IF;
`;

/** For all writes together: who did it, and what it means to others. */
function auditAndEventsSql(s: string): string {
  return `  INSERT INTO ${s}.audit (action, break_glass, count, version, subject, client, purpose, type, id, patients, detail)
    SELECT CASE a.outcome WHEN 'created' THEN 'C' WHEN 'updated' THEN 'U' ELSE 'D' END, p_break_glass[a.place], 1, a.version,
      p_subject[a.place], p_client[a.place], p_purpose[a.place], p_type[a.place], p_id[a.place], a.patients::text[], p_audit_detail
    FROM unnest(accepted, accepted_outcome, accepted_version, accepted_patients) AS a (place, outcome, version, patients);
  -- The order keys last, sorted: their locks make the order of the events.
  IF cardinality(event_key) = 1 THEN
    INSERT INTO ${s}.stream_head AS h (order_key, last_sequence) VALUES (event_key[1], 1)
      ON CONFLICT (order_key) DO UPDATE SET last_sequence = h.last_sequence + 1 RETURNING h.last_sequence INTO place;
    INSERT INTO ${s}.outbox (order_key, order_sequence, pattern, payload, traceparent)
      VALUES (event_key[1], place, event_pattern[1], event_payload[1], event_traceparent[1]);
  ELSIF cardinality(event_key) > 1 THEN
    WITH wanted AS (
      SELECT e.key COLLATE "C" AS key, e.pattern, e.payload, e.trace, e.nth,
        count(*) OVER (PARTITION BY e.key COLLATE "C") AS together,
        row_number() OVER (PARTITION BY e.key COLLATE "C" ORDER BY e.nth) AS nth_of_key
      FROM unnest(event_key, event_pattern, event_payload, event_traceparent) WITH ORDINALITY
        AS e (key, pattern, payload, trace, nth)
    ), head AS (
      INSERT INTO ${s}.stream_head AS h (order_key, last_sequence)
      SELECT w.key, count(*) FROM wanted w GROUP BY w.key ORDER BY w.key
      ON CONFLICT (order_key) DO UPDATE SET last_sequence = h.last_sequence + excluded.last_sequence
      RETURNING h.order_key AS key, h.last_sequence AS last
    )
    INSERT INTO ${s}.outbox (order_key, order_sequence, pattern, payload, traceparent)
      SELECT w.key, head.last - w.together + w.nth_of_key, w.pattern, w.payload, w.trace
      FROM wanted w JOIN head ON head.key = w.key ORDER BY w.nth;
  END IF;
`;
}
