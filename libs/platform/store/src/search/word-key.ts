import { wordPlace } from '#platform/fhir';
import type { SearchHash } from '../index/search-hash.ts';
import type { SqlValues } from './sql-values.ts';

/** Where rows of `search_range` or `search_word` stand. */
export interface RowKey {
  readonly key: string;
  /** Words of one part only; empty: all. */
  readonly part: string;
}

/** Under what the words of a string parameter stand. */
export function wordKey(type: string, parameter: string, hash: SearchHash): RowKey {
  const { parameter: whole, part } = wordPlace(type, parameter);
  return { key: hash.ofParameter(type, whole), part };
}

/** SQL: the rows under `alias` that stand there. */
export function rowsOfKey(alias: string, { key, part }: RowKey, sql: SqlValues): string {
  const ofKey = `${alias}.key = ${sql.add(key, 'int8')}`;
  return part === '' ? ofKey : `${ofKey} AND ${alias}.part = ${sql.add(part, 'text')}`;
}
