/**
 * `write_resources`: all that writing means, for any number of resources, in one statement: lock, check, superseded
 * version, row, index, change event, audit. It is VOLATILE, so each of its statements takes its own snapshot, and what
 * follows a lock sees what the lock guarded; a single SQL statement would not.
 *
 * Locks are taken in this order: idempotency keys, resources by type and id, order keys. Whoever writes several
 * resources gives them sorted, so no two calls wait for each other.
 *
 * A write that may not happen leaves no trace and is told by its `outcome`; the caller decides what becomes of the
 * others. `p_range_of` and `p_word_of` name, for each index row, the ordinal of its write.
 */
export function writeFunctionSql(schema: string): string {
  const s = `"${schema}"`;
  return `
${headSql(s)}BEGIN
${createSql(s)}${changeSql(s)}${acceptSql}    RETURN NEXT;
  END LOOP;
${indexAndEventsSql(s)}END
$write$;
`;
}

function headSql(s: string): string {
  return `CREATE FUNCTION ${s}.write_resources(
  p_method "char"[], p_type text[], p_id text[], p_item int8[], p_content text[], p_patients text[], p_order_key text[],
  p_keys text[], p_if_match int4[], p_skip_same boolean,
  p_range_of int4[], p_range_key int8[], p_range_low float8[], p_range_high float8[], p_range_unit int8[], p_range_unit_code int8[],
  p_word_of int4[], p_word_key int8[], p_word_value text[],
  p_definition_set text, p_change_pattern text, p_traceparent text[],
  p_event_key text[], p_event_pattern text[], p_event_payload text[], p_event_traceparent text[],
  p_subject text[], p_client text[], p_purpose text[], p_break_glass boolean[], p_audit_detail text
) RETURNS TABLE (outcome text, new_version int4, moment int8)
LANGUAGE plpgsql AS $write$
DECLARE
  total CONSTANT int4 := cardinality(p_type);
  old ${s}.resource;
  known boolean;
  any_known boolean := true;
  fresh int8[] := '{}';
  stamp timestamptz(3);
  place int8;
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

/** Locks the rows; when there are none, inserts all that are new at once. Then one write after the other. */
function createSql(s: string): string {
  return `  IF total > 1 THEN
    PERFORM FROM unnest(p_type, p_id) WITH ORDINALITY AS w (type, id, place)
      JOIN ${s}.resource r ON r.type = w.type COLLATE "C" AND r.id = w.id COLLATE "C" ORDER BY w.place FOR UPDATE OF r;
    any_known := FOUND;
    IF NOT any_known THEN
      stamp := clock_timestamp();
      WITH inserted AS (
        INSERT INTO ${s}.resource (type, id, item, last_updated, version, patients, definition_set, content)
        SELECT w.type, w.id, w.item, stamp, 1, w.patients::text[], p_definition_set, w.content
        FROM unnest(p_method, p_type, p_id, p_item, p_content, p_patients, p_if_match) WITH ORDINALITY
          AS w (method, type, id, item, content, patients, if_match, place)
        WHERE w.method <> 'd' AND coalesce(w.if_match, 0) = 0 ORDER BY w.place
        ON CONFLICT DO NOTHING RETURNING item
      ) SELECT coalesce(array_agg(item), '{}') INTO fresh FROM inserted;
    END IF;
  END IF;
  FOR i IN 1..total LOOP
    new_version := 1;
    IF p_item[i] = ANY (fresh) THEN
      known := false;
      outcome := 'created';
${acceptSql}      RETURN NEXT;
      CONTINUE;
    END IF;
    -- Whoever creates under an id of his own making need not look first.
    known := false;
    IF any_known AND p_method[i] <> 'c' THEN
      SELECT * INTO old FROM ${s}.resource r WHERE r.type = p_type[i] AND r.id = p_id[i] FOR UPDATE;
      known := FOUND;
    END IF;
    stamp := clock_timestamp();
    IF NOT known AND p_method[i] <> 'd' AND coalesce(p_if_match[i], 0) = 0 THEN
      INSERT INTO ${s}.resource (type, id, item, last_updated, version, patients, definition_set, content)
        VALUES (p_type[i], p_id[i], p_item[i], stamp, 1, p_patients[i]::text[], p_definition_set, p_content[i])
        ON CONFLICT DO NOTHING;
      IF NOT FOUND THEN
        -- Somebody was faster, or the row is one that this caller may not see.
        SELECT * INTO old FROM ${s}.resource r WHERE r.type = p_type[i] AND r.id = p_id[i] FOR UPDATE;
        known := FOUND;
        outcome := 'hidden';
      ELSE
        outcome := 'created';
      END IF;
    ELSE
      outcome := CASE WHEN p_method[i] = 'd' AND p_if_match[i] IS NULL THEN 'absent' ELSE 'version-conflict' END;
    END IF;
`;
}

/** A resource that is there: what may happen to it, the version that is superseded, the row. */
function changeSql(s: string): string {
  return `    IF known THEN
      new_version := old.version;
      stamp := old.last_updated;
      outcome := CASE
        WHEN p_if_match[i] IS NOT NULL AND p_if_match[i] <> CASE WHEN old.deleted THEN 0 ELSE old.version END
          AND p_if_match[i] <> old.version THEN 'version-conflict'
        WHEN p_method[i] = 'c' THEN 'exists'
        WHEN p_method[i] = 'd' AND old.deleted THEN 'absent'
        WHEN p_skip_same AND NOT old.deleted AND old.content = p_content[i] THEN 'unchanged'
        WHEN p_method[i] = 'd' THEN 'deleted'
        WHEN old.deleted THEN 'created'
        ELSE 'updated' END;
      IF outcome IN ('created', 'updated', 'deleted') THEN
        new_version := old.version + 1;
        stamp := greatest(clock_timestamp()::timestamptz(3), old.last_updated + interval '1 millisecond');
        INSERT INTO ${s}.history (type, id, last_updated, version, codec, deleted, patients, organisation, labels, definition_set, content)
          VALUES (old.type, old.id, old.last_updated, old.version, old.codec, old.deleted, old.patients, old.organisation, old.labels,
            old.definition_set, old.content);
        IF outcome = 'deleted' THEN
          UPDATE ${s}.resource r SET version = new_version, last_updated = stamp, deleted = true, content = ''
            WHERE r.type = p_type[i] AND r.id = p_id[i];
          DELETE FROM ${s}.search_key k WHERE k.item = p_item[i];
        ELSE
          UPDATE ${s}.resource r SET version = new_version, last_updated = stamp, deleted = false, patients = p_patients[i]::text[],
              definition_set = p_definition_set, content = p_content[i]
            WHERE r.type = p_type[i] AND r.id = p_id[i];
        END IF;
        DELETE FROM ${s}.search_range x WHERE x.item = p_item[i];
        DELETE FROM ${s}.search_word x WHERE x.item = p_item[i];
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
      accepted_patients := accepted_patients || CASE outcome WHEN 'deleted' THEN old.patients::text ELSE p_patients[i] END;
      IF p_change_pattern IS NOT NULL THEN
        event_key := event_key || coalesce(p_order_key[i],
          CASE WHEN known AND cardinality(old.patients) > 0 THEN 'Patient/' || old.patients[1] ELSE p_type[i] || '/' || p_id[i] END);
        event_pattern := event_pattern || p_change_pattern;
        event_payload := event_payload || ('{"type":"' || p_type[i] || '","id":"' || p_id[i] || '","version":' || new_version
          || ',"change":"' || outcome || '"}');
        event_traceparent := event_traceparent || p_traceparent[i];
      END IF;
    END IF;
`;

/** For all writes together: ordered index rows, then the events. */
function indexAndEventsSql(s: string): string {
  return `  -- What changed nothing is not worth an event either.
  IF cardinality(accepted) = 0 THEN RETURN; END IF;
  -- Equal keys are left alone: writing them again would index them again.
  INSERT INTO ${s}.search_key AS k (item, keys)
    SELECT p_item[a.place], p_keys[a.place]::int8[] FROM unnest(accepted, accepted_outcome) AS a (place, outcome)
    WHERE a.outcome <> 'deleted'
    ON CONFLICT (item) DO UPDATE SET keys = excluded.keys WHERE k.keys <> excluded.keys;
  IF cardinality(p_range_of) > 0 THEN
    INSERT INTO ${s}.search_range (key, item, low, high, unit, unit_code)
      SELECT x.key, p_item[x.place], x.low, x.high, x.unit, x.unit_code
      FROM unnest(p_range_of, p_range_key, p_range_low, p_range_high, p_range_unit, p_range_unit_code)
        AS x (place, key, low, high, unit, unit_code) WHERE x.place = ANY (accepted);
  END IF;
  IF cardinality(p_word_of) > 0 THEN
    INSERT INTO ${s}.search_word (key, item, value)
      SELECT x.key, p_item[x.place], x.value FROM unnest(p_word_of, p_word_key, p_word_value) AS x (place, key, value)
      WHERE x.place = ANY (accepted);
  END IF;
  INSERT INTO ${s}.audit (action, break_glass, count, version, subject, client, purpose, type, id, patients, detail)
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
