import { Fault, searchParameter, searchParameters, type SortKey } from '#platform/fhir';
import type { SearchHash } from '../index/search-hash.ts';
import { parameterKey } from '../index/search-key.ts';
import type { SqlType } from './cursor.ts';

/**
 * How the matches of one stretch of a result follow each other. Resources that have no value of the parameter they are
 * sorted by come last, as a stretch of their own, by id.
 */
export type SearchOrder =
  | { readonly by: 'id'; readonly descending: boolean; readonly lacking?: ValueOrder }
  | { readonly by: 'moment'; readonly descending: boolean }
  | ValueOrder
  | { readonly by: 'several'; readonly keys: readonly OrderKey[] };

/** By a parameter: ascending by a resource's least value, descending by its greatest. */
export interface ValueOrder {
  readonly by: 'value';
  readonly table: 'search_range' | 'search_word';
  readonly column: 'low' | 'value';
  readonly key: string;
  readonly descending: boolean;
}

export type OrderKey = Exclude<SearchOrder, { readonly by: 'several' }>;

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

/** The stretches of a result, one after the other. Without `_sort` by id, which no update moves. */
export function searchOrders(
  type: string,
  sort: readonly SortKey[],
  hash: SearchHash,
): readonly SearchOrder[] {
  const keys = sort.map((key) => orderKey(type, key, hash));
  if (keys.length > 1) return [{ by: 'several', keys }];
  const [only = { by: 'id', descending: false } as const] = keys;
  return only.by === 'value' ? [only, { by: 'id', descending: false, lacking: only }] : [only];
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
  const column = table === 'search_word' ? 'value' : 'low';
  return { by: 'value', table, column, key: hash.ofRecurring(parameterKey(type, parameter)), descending };
}

/** The SQL types of what a cursor holds in this order: where the page before ended. */
export function cursorTypes(order: SearchOrder): readonly SqlType[] {
  switch (order.by) {
    case 'id':
      return ['text'];
    case 'moment':
      return ['float8', 'int8'];
    case 'value':
      return [order.table === 'search_word' ? 'text' : 'float8', 'int8'];
    case 'several':
      return [...order.keys.map((key) => cursorTypes(key)[0]!), 'int8'];
  }
}
