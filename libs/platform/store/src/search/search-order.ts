import { Fault, searchParameter, searchParameters, type SortKey } from '#platform/fhir';
import type { SearchHash } from '../index/search-hash.ts';
import type { SqlValues } from './sql-values.ts';
import { rowsOfKey, wordKey, type RowKey } from './word-key.ts';

/** One key of `_sort`. */
export type OrderKey =
  | { readonly by: 'id'; readonly descending: boolean }
  | { readonly by: 'moment'; readonly descending: boolean }
  | ValueOrder;

/** By a parameter: ascending by a resource's least value, descending by its greatest; those without one come last. */
export interface ValueOrder extends RowKey {
  readonly by: 'value';
  readonly table: 'search_range' | 'search_word';
  readonly column: 'low' | 'value';
  readonly descending: boolean;
}

const tables = {
  date: 'search_range',
  number: 'search_range',
  quantity: 'search_range',
  string: 'search_word',
} as const;

function isSortable(kind: string): kind is keyof typeof tables {
  return Object.hasOwn(tables, kind);
}

/** The parameters that `_sort` takes for a type: for the CapabilityStatement. */
export function sortableParameters(type: string): readonly string[] {
  return searchParameters(type)
    .filter(({ code, type: kind }) => code === '_id' || code === '_lastUpdated' || isSortable(kind))
    .map(({ code }) => code);
}

/** The keys that a search is sorted by. Without `_sort` by id, which no update moves. */
export function searchOrder(type: string, sort: readonly SortKey[], hash: SearchHash): readonly OrderKey[] {
  return sort.length === 0 ? [{ by: 'id', descending: false }] : sort.map((key) => orderKey(type, key, hash));
}

function orderKey(type: string, { parameter, descending }: SortKey, hash: SearchHash): OrderKey {
  if (parameter === '_id') return { by: 'id', descending };
  if (parameter === '_lastUpdated') return { by: 'moment', descending };
  const kind = searchParameter(type, parameter)?.type ?? '';
  if (!isSortable(kind)) {
    throw new Fault(
      'not-supported',
      `${type} cannot be sorted by that parameter; it can by ${sortableParameters(type).join(', ')}.`,
    );
  }
  const table = tables[kind];
  if (table === 'search_word')
    return { by: 'value', table, column: 'value', ...wordKey(type, parameter, hash), descending };
  const key = hash.ofParameter(type, parameter);
  return { by: 'value', table, column: 'low', key, part: '', descending };
}

/**
 * A row's value of the key, for `resource r`. `OFFSET 0` makes the planner look the item up: for an extreme it would
 * else walk the index of all values of the key, which on a table that was not analysed yet took it 4 ms a row.
 */
export function orderValueSql(schema: string, key: OrderKey, sql: SqlValues): string {
  if (key.by === 'id') return 'r.id';
  if (key.by === 'moment') return '(extract(epoch FROM r.last_updated) * 1000)::float8';
  const extreme = key.descending ? 'max' : 'min';
  const values = `SELECT v.${key.column} FROM "${schema}".${key.table} v WHERE v.item = r.item AND ${rowsOfKey('v', key, sql)} OFFSET 0`;
  return `(SELECT ${extreme}(v.${key.column}) FROM (${values}) v)`;
}
