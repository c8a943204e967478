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
${createSql(s)}${changeSql(s)}${recordSql(s)}${indexAndEventsSql(s)}END
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
  stamp timestamptz(3);
  at int4;
  place int8;
  event_key text[] := p_event_key;
  event_pattern text[] := p_event_pattern;
  event_payload text[] := p_event_payload;
  event_traceparent text[] := p_event_traceparent;
  accepted int4[] := '{}';
`;
}

/** Locks the rows, then one write after the other: a resource that is not there yet. */
function createSql(s: string): string {
  return `  IF total > 1 THEN
    PERFORM FROM unnest(p_type, p_id) WITH ORDINALITY AS w (type, id, place)
      JOIN ${s}.resource r ON r.type = w.type COLLATE "C" AND r.id = w.id COLLATE "C" ORDER BY w.place FOR UPDATE OF r;
  END IF;
  FOR i IN 1..total LOOP
    SELECT * INTO old FROM ${s}.resource r WHERE r.type = p_type[i] AND r.id = p_id[i] FOR UPDATE;
    known := FOUND;
    stamp := clock_timestamp();
    new_version := 1;
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

/** What an accepted write leaves beside its row: keys, change event, audit. */
function recordSql(s: string): string {
  return `    moment := (extract(epoch FROM stamp) * 1000)::int8;
    IF outcome IN ('created', 'updated', 'deleted') THEN
      accepted := accepted || i;
      IF outcome <> 'deleted' THEN
        -- Equal keys are left alone: writing them again would index them again.
        INSERT INTO ${s}.search_key AS k (item, keys) VALUES (p_item[i], p_keys[i]::int8[])
          ON CONFLICT (item) DO UPDATE SET keys = excluded.keys WHERE k.keys <> excluded.keys;
      END IF;
      IF p_change_pattern IS NOT NULL THEN
        event_key := event_key || coalesce(p_order_key[i],
          CASE WHEN cardinality(old.patients) > 0 THEN 'Patient/' || old.patients[1] ELSE p_type[i] || '/' || p_id[i] END);
        event_pattern := event_pattern || p_change_pattern;
        event_payload := event_payload || ('{"type":"' || p_type[i] || '","id":"' || p_id[i] || '","version":' || new_version
          || ',"change":"' || outcome || '"}');
        event_traceparent := event_traceparent || p_traceparent[i];
      END IF;
      INSERT INTO ${s}.audit (action, break_glass, count, version, subject, client, purpose, type, id, patients, detail)
        VALUES (CASE outcome WHEN 'created' THEN 'C' WHEN 'updated' THEN 'U' ELSE 'D' END, p_break_glass[i], 1, new_version,
          p_subject[i], p_client[i], p_purpose[i], p_type[i], p_id[i], CASE outcome WHEN 'deleted' THEN old.patients ELSE p_patients[i]::text[] END,
          p_audit_detail);
    END IF;
    RETURN NEXT;
  END LOOP;
`;
}

/** For all writes together: ordered index rows, then the events. */
function indexAndEventsSql(s: string): string {
  return `  -- What changed nothing is not worth an event either.
  IF cardinality(accepted) = 0 THEN RETURN; END IF;
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
  -- The order keys last, sorted: their locks make the order of the events.
  FOR at IN SELECT e.place FROM unnest(event_key) WITH ORDINALITY AS e (key, place) ORDER BY e.key COLLATE "C", e.place LOOP
    INSERT INTO ${s}.stream_head AS h (order_key, last_sequence) VALUES (event_key[at], 1)
      ON CONFLICT (order_key) DO UPDATE SET last_sequence = h.last_sequence + 1 RETURNING h.last_sequence INTO place;
    INSERT INTO ${s}.outbox (order_key, order_sequence, pattern, payload, traceparent)
      VALUES (event_key[at], place, event_pattern[at], event_payload[at], event_traceparent[at]);
  END LOOP;
`;
}
