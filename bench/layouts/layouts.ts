/** The index layouts under comparison. Each holds the same content under row-level security; only equality keys differ. */

export interface Layout {
  readonly name: string;
  /** Tables and indexes for equality keys, beside the common ones. */
  readonly ddl: string;
  /** plpgsql: brings the keys of `p_item` to `p_keys`. */
  readonly writeKeys: string;
  /** Two keys ($2), newest 20 of a type ($1). */
  readonly newestOfTwoKeys: string;
  /** One key ($2) that matches much, newest 20. */
  readonly newestOfOneKey: string;
  /** One key ($2) that matches little, newest 20. */
  readonly newestOfRareKey: string;
}

/** Tables every layout shares; `{layout}` is filled in. */
export const commonDdl = `
CREATE TABLE resource (type text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, version int NOT NULL,
  last_updated timestamptz(3) NOT NULL, item int8 NOT NULL, deleted bool NOT NULL DEFAULT false, patients text[] NOT NULL,
  organisation text, labels text[], codec int2 NOT NULL DEFAULT 0, index_generation int NOT NULL DEFAULT 1,
  definition_set text, content text NOT NULL, PRIMARY KEY (type, id));
CREATE UNIQUE INDEX resource_item ON resource (item);
CREATE INDEX resource_newest ON resource (type, last_updated DESC, id DESC);
CREATE TABLE history (type text COLLATE "C", id text COLLATE "C", version int, last_updated timestamptz(3), patients text[], content text,
  PRIMARY KEY (type, id, version));
CREATE TABLE search_range (key int8 NOT NULL, low float8 NOT NULL, high float8 NOT NULL, item int8 NOT NULL);
CREATE INDEX search_range_value ON search_range (key, low, item);
CREATE INDEX search_range_item ON search_range (item);
CREATE TABLE search_word (key int8 NOT NULL, item int8 NOT NULL, value text COLLATE "C" NOT NULL);
CREATE INDEX search_word_value ON search_word (key, value, item);
CREATE INDEX search_word_item ON search_word (item);
CREATE TABLE outbox (position bigserial PRIMARY KEY, order_key text NOT NULL, sequence bigint NOT NULL, occurred timestamptz DEFAULT now(), pattern text NOT NULL, payload text NOT NULL);
CREATE TABLE stream_head (order_key text COLLATE "C" PRIMARY KEY, sequence bigint NOT NULL) WITH (fillfactor = 70);
CREATE TABLE audit (position bigserial PRIMARY KEY, at timestamptz DEFAULT now(), entry text NOT NULL);
ALTER TABLE resource ENABLE ROW LEVEL SECURITY;
ALTER TABLE history ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON resource USING (CASE WHEN (SELECT current_setting('septum.rows')) = '*' THEN true ELSE patients && (SELECT string_to_array(current_setting('septum.rows'), ',')) END);
CREATE POLICY seen ON history USING (CASE WHEN (SELECT current_setting('septum.rows')) = '*' THEN true ELSE patients && (SELECT string_to_array(current_setting('septum.rows'), ',')) END);
`;

/** One round trip: lock, superseded version, row, index, outbox, audit. `{writeKeys}` is the layout's own part. */
export const writeFunction = `
CREATE FUNCTION write(p_type text, p_id text, p_item int8, p_content text, p_patient text, p_keys int8[],
  r_key int8[], r_low float8[], r_high float8[], w_key int8[], w_value text[], p_audit text) RETURNS int LANGUAGE plpgsql AS $write$
DECLARE old resource; moment timestamptz(3) := clock_timestamp(); head bigint; v int := 1;
BEGIN
  INSERT INTO stream_head AS h VALUES (p_patient, 1) ON CONFLICT (order_key) DO UPDATE SET sequence = h.sequence + 1 RETURNING sequence INTO head;
  SELECT * INTO old FROM resource r WHERE r.type = p_type AND r.id = p_id FOR UPDATE;
  IF FOUND THEN
    v := old.version + 1;
    moment := greatest(moment, old.last_updated + interval '1 ms');
    INSERT INTO history VALUES (old.type, old.id, old.version, old.last_updated, old.patients, old.content);
    UPDATE resource r SET version = v, last_updated = moment, content = p_content WHERE r.type = p_type AND r.id = p_id;
    DELETE FROM search_range WHERE item = p_item;
    DELETE FROM search_word WHERE item = p_item;
  ELSE
    INSERT INTO resource (type, id, version, last_updated, item, patients, content) VALUES (p_type, p_id, 1, moment, p_item, ARRAY[p_patient], p_content);
  END IF;
  {writeKeys}
  IF cardinality(r_key) > 0 THEN
    INSERT INTO search_range SELECT k, l, h, p_item FROM unnest(r_key, r_low, r_high) AS u (k, l, h);
  END IF;
  IF cardinality(w_key) > 0 THEN
    INSERT INTO search_word SELECT k, p_item, w FROM unnest(w_key, w_value) AS u (k, w);
  END IF;
  INSERT INTO outbox (order_key, sequence, pattern, payload) VALUES (p_patient, head, 'changed', p_type || '/' || p_id || ' ' || v);
  INSERT INTO audit (entry) VALUES (p_audit);
  RETURN v;
END $write$;
`;

const bTreeOne = `SELECT r.id, r.version, r.last_updated, r.content FROM search_key a JOIN resource r USING (item)
    WHERE r.type = $1 AND a.key = ($2::int8[])[1] ORDER BY a.created DESC, a.item LIMIT 20`;

const bTree: Layout = {
  name: 'btree',
  ddl: `CREATE TABLE search_key (key int8 NOT NULL, created timestamptz(3) NOT NULL, item int8 NOT NULL);
    CREATE INDEX search_key_value ON search_key (key, created DESC, item);
    CREATE INDEX search_key_item ON search_key (item);`,
  writeKeys: `IF v > 1 THEN DELETE FROM search_key WHERE item = p_item; END IF;
    INSERT INTO search_key SELECT k, moment, p_item FROM unnest(p_keys) AS u (k);`,
  newestOfTwoKeys: `SELECT r.id, r.version, r.last_updated, r.content FROM search_key a JOIN search_key b USING (created, item) JOIN resource r USING (item)
    WHERE r.type = $1 AND a.key = ($2::int8[])[1] AND b.key = ($2::int8[])[2] ORDER BY a.created DESC, a.item LIMIT 20`,
  newestOfOneKey: bTreeOne,
  newestOfRareKey: bTreeOne,
};

const ginTable = (
  options: string,
): string => `CREATE TABLE search_key (item int8 PRIMARY KEY, keys int8[] NOT NULL);
    CREATE INDEX search_key_gin ON search_key USING gin (keys) WITH (${options});`;

const ginGathered = `SELECT r.id, r.version, r.last_updated, r.content FROM search_key k JOIN resource r USING (item)
    WHERE r.type = $1 AND k.keys @> $2::int8[] ORDER BY r.last_updated DESC, r.id DESC LIMIT 20`;

const gin: Layout = {
  name: 'gin',
  ddl: ginTable('fastupdate = on, gin_pending_list_limit = 256'),
  writeKeys: `IF v > 1 THEN UPDATE search_key SET keys = p_keys WHERE item = p_item AND keys <> p_keys;
    ELSE INSERT INTO search_key VALUES (p_item, p_keys); END IF;`,
  newestOfTwoKeys: ginGathered,
  newestOfOneKey: ginGathered,
  newestOfRareKey: ginGathered,
};

/** As `gin`, but a key known to match much is looked for along the newest resources instead. */
const ginWalked: Layout = {
  ...gin,
  name: 'gin-walked',
  newestOfOneKey: `SELECT r.id, r.version, r.last_updated, r.content
    FROM (SELECT * FROM resource WHERE type = $1 ORDER BY last_updated DESC, id DESC OFFSET 0) r
    WHERE (SELECT k.keys @> $2::int8[] FROM search_key k WHERE k.item = r.item) LIMIT 20`,
};

const ginDirect: Layout = { ...ginWalked, name: 'gin-direct', ddl: ginTable('fastupdate = off') };

export const layouts: readonly Layout[] = [bTree, gin, ginWalked, ginDirect];
