/**
 * The tables that hold resources and what finds them, in the schema of one context. `docs/adr/0002-index-layout.md`
 * says why the index looks as it does.
 *
 * - `resource`: the current version of each resource, deleted ones included. `item` is a keyed hash of `Type/id`, by
 *   which the index tables name it in eight bytes; two resources with the same hash cannot exist together.
 * - `history`: the versions that were superseded.
 * - `search_key`: for each resource that is not deleted the keyed hashes of all that is searched for by equality. It
 *   holds nothing readable and has no policy, because under one GIN is of no use: its operators are not leakproof.
 * - `search_range`: dates, numbers, quantities; `unit` and `unit_code` are hashes of `system|code` and `code`.
 * - `search_word`: normalised strings, found by their beginning; `part` says of which part of a name or address.
 */
export function resourceTablesSql(schema: string): string {
  const s = `"${schema}"`;
  return `
CREATE TABLE ${s}.resource (
  type text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  item int8 NOT NULL,
  last_updated timestamptz(3) NOT NULL,
  version int4 NOT NULL,
  index_generation int4 NOT NULL DEFAULT 1,
  codec int2 NOT NULL DEFAULT 0,
  deleted boolean NOT NULL DEFAULT false,
  patients text[] NOT NULL,
  organisation text COLLATE "C",
  labels text[],
  definition_set text COLLATE "C",
  content text NOT NULL,
  PRIMARY KEY (type, id)
);
CREATE UNIQUE INDEX resource_item ON ${s}.resource (item);
CREATE INDEX resource_newest ON ${s}.resource (type, last_updated DESC, item DESC) WHERE NOT deleted;

CREATE TABLE ${s}.history (
  type text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  last_updated timestamptz(3) NOT NULL,
  version int4 NOT NULL,
  codec int2 NOT NULL,
  deleted boolean NOT NULL,
  patients text[] NOT NULL,
  organisation text COLLATE "C",
  labels text[],
  definition_set text COLLATE "C",
  content text NOT NULL,
  PRIMARY KEY (type, id, version)
);

CREATE TABLE ${s}.search_key (item int8 PRIMARY KEY, keys int8[] NOT NULL);
CREATE INDEX search_key_keys ON ${s}.search_key USING gin (keys) WITH (fastupdate = on, gin_pending_list_limit = 256);

CREATE TABLE ${s}.search_range (
  key int8 NOT NULL, item int8 NOT NULL, low float8 NOT NULL, high float8 NOT NULL, unit int8, unit_code int8
);
CREATE INDEX search_range_low ON ${s}.search_range (key, low, item);
CREATE INDEX search_range_item ON ${s}.search_range (item, key);

CREATE TABLE ${s}.search_word (
  key int8 NOT NULL, item int8 NOT NULL, value text COLLATE "C" NOT NULL, part text COLLATE "C" NOT NULL
);
CREATE INDEX search_word_value ON ${s}.search_word (key, value, item, part);
CREATE INDEX search_word_item ON ${s}.search_word (item, key);
${rowsOfPatients(s, 'resource')}${rowsOfPatients(s, 'history')}${rowsOfItems(s, 'search_range')}${rowsOfItems(s, 'search_word')}`;
}

const setting = `current_setting('septum.rows', true)`;

/**
 * The standard policy, see `rowSecurity` in \`#platform/database\`, in words that the planner takes for likely: by the
 * standard ones it expects one row in seventy, and then sorts the whole type rather than walk an index to twenty rows.
 */
function rowsOfPatients(s: string, table: string): string {
  return policy(s, table, `patients && (SELECT string_to_array(${setting}, ','))`);
}

/** Index rows are visible with their resource. `OFFSET 0`, so that the planner never reads all resources to tell of a few. */
function rowsOfItems(s: string, table: string): string {
  return policy(s, table, `EXISTS (SELECT FROM ${s}.resource r WHERE r.item = ${table}.item OFFSET 0)`);
}

function policy(s: string, table: string, visible: string): string {
  const rule = `CASE WHEN (SELECT ${setting}) = '*' THEN true ELSE ${visible} END`;
  return `ALTER TABLE ${s}.${table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY ${table}_rows ON ${s}.${table} USING (${rule}) WITH CHECK (${rule});
`;
}
