/**
 * The part of `write_resources` that indexes what was accepted. Of a resource that changes only those rows are taken
 * away and added that differ: most changes leave most of what a resource is found by as it was.
 */
export function indexSql(s: string): string {
  return `${keysSql(s)}  IF cardinality(changed) > 0 THEN
    DELETE FROM ${s}.search_range x WHERE x.item = ANY (changed_item);
    DELETE FROM ${s}.search_word x WHERE x.item = ANY (changed_item)
      AND NOT EXISTS (SELECT FROM ${words} WHERE p_item[w.place] = x.item AND w.key = x.key AND w.value = x.value COLLATE "C"
        AND w.part = x.part COLLATE "C");
    INSERT INTO ${s}.search_word (key, item, value, part)
      SELECT w.key, p_item[w.place], w.value, w.part FROM ${words} WHERE w.place = ANY (accepted)
        AND NOT EXISTS (SELECT FROM ${s}.search_word x
          WHERE x.item = p_item[w.place] AND x.key = w.key AND x.value = w.value COLLATE "C" AND x.part = w.part COLLATE "C");
  ELSIF cardinality(p_word_of) > 0 THEN
    INSERT INTO ${s}.search_word (key, item, value, part)
      SELECT w.key, p_item[w.place], w.value, w.part FROM ${words} WHERE w.place = ANY (accepted);
  END IF;
  IF cardinality(p_range_of) > 0 THEN
    INSERT INTO ${s}.search_range (key, item, low, high, unit, unit_code)
      SELECT x.key, p_item[x.place], x.low, x.high, x.unit, x.unit_code
      FROM unnest(p_range_of, p_range_key, p_range_low, p_range_high, p_range_unit, p_range_unit_code)
        AS x (place, key, low, high, unit, unit_code) WHERE x.place = ANY (accepted);
  END IF;
`;
}

const words = 'unnest(p_word_of, p_word_key, p_word_part, p_word_value) AS w (place, key, part, value)';

/** Equal keys are left alone: writing them again would index them again. */
function keysSql(s: string): string {
  return `  IF cardinality(fresh) > 0 THEN
    INSERT INTO ${s}.search_key (item, keys)
      SELECT w.item, w.keys::int8[] FROM unnest(p_item, p_keys) AS w (item, keys) WHERE w.item = ANY (fresh);
  END IF;
  IF 'd' = ANY (p_method) THEN
    DELETE FROM ${s}.search_key k
      WHERE k.item = ANY (ARRAY(SELECT p_item[c.place] FROM unnest(changed) AS c (place) WHERE p_method[c.place] = 'd'));
  END IF;
  IF cardinality(changed) > 0 THEN
    INSERT INTO ${s}.search_key AS k (item, keys)
      SELECT p_item[c.place], p_keys[c.place]::int8[] FROM unnest(changed) AS c (place) WHERE p_method[c.place] <> 'd'
      ON CONFLICT (item) DO UPDATE SET keys = excluded.keys WHERE k.keys <> excluded.keys;
  END IF;
`;
}
