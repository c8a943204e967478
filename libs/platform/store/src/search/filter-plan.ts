import { Fault, searchText, dateInterval, type SearchFilter } from '#platform/fhir';
import { wordLimit } from '../index/index-rows.ts';
import type { SearchHash } from '../index/search-hash.ts';
import { approximately, isNarrow, rangeCondition } from './range-condition.ts';
import { filterKeys } from './search-keys.ts';
import type { SqlValues } from './sql-values.ts';
import { rowsOfKey, wordKey } from './word-key.ts';

/** Writes SQL that holds for the resource whose item is the given expression. */
export type Probe = (item: string, sql: SqlValues) => string;
/** Writes a query for the items of resources that pass one or more filters. */
export type Driver = (sql: SqlValues, probes: readonly Probe[]) => string;

/** The filters of a search, as SQL that is yet to be put together. */
export interface FilterPlan {
  /** What a search can start from, best first; each with the filters that are left to probe. */
  readonly driver: { readonly query: Driver; readonly left: readonly Probe[] } | undefined;
  /** All filters, for walking along an order. */
  readonly probes: readonly Probe[];
  /** Conditions on columns of `resource r`. */
  readonly columns: (sql: SqlValues) => readonly string[];
}

export interface FilterContext {
  readonly schema: string;
  readonly type: string;
  readonly hash: SearchHash;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const keyed = new Set(['token', 'reference', 'uri']);
const ranged = new Set(['date', 'number', 'quantity']);

export function planFilters(filters: readonly SearchFilter[], context: FilterContext): FilterPlan {
  const onColumns = filters.filter(({ parameter }) => parameter === '_lastUpdated' || parameter === '_id');
  const others = filters.filter((filter) => !onColumns.includes(filter));
  const keys = others.filter(({ type }) => keyed.has(type));
  const ranges = others.filter(({ type }) => ranged.has(type));
  const words = others.filter(({ type }) => type === 'string');
  const keyProbe = keys.length === 0 ? [] : [probeKeys(keys, context)];
  const probeOf = (filter: SearchFilter): Probe =>
    filter.type === 'string' ? probeWord(filter, context) : probeRange(filter, context);
  const rest = [...words, ...ranges];
  const probes = [...keyProbe, ...rest.map(probeOf)];
  return {
    driver: chooseDriver(),
    probes,
    columns: (sql) => onColumns.map((filter) => columnCondition(filter, sql, context.now)),
  };

  function chooseDriver(): FilterPlan['driver'] {
    const ids = onColumns.find(({ parameter }) => parameter === '_id');
    if (ids) return { query: driveIds(ids, context), left: probes };
    if (keys.length > 0) return { query: driveKeys(keys, context), left: rest.map(probeOf) };
    const start = ranges.find(isNarrow) ?? words[0];
    if (start === undefined) return undefined;
    const query = start.type === 'string' ? driveWord(start, context) : driveRange(start, context);
    return { query, left: rest.filter((filter) => filter !== start).map(probeOf) };
  }
}

function columnCondition(filter: SearchFilter, sql: SqlValues, now: number): string {
  if (filter.parameter === '_id')
    return `r.id = ANY (${sql.add(
      filter.values.map(({ value }) => value),
      'text[]',
    )})`;
  return `(${filter.values
    .map((value) => {
      const interval = dateInterval(value.value ?? '');
      if (!interval)
        throw new Fault('bad-parameter', 'The value of _lastUpdated is no date; write YYYY-MM-DDThh:mm:ssZ.');
      const slack = value.prefix === 'ap' ? approximately(interval.low, now) : 0;
      const low = momentSql(sql.add(interval.low - slack, 'float8'));
      const high = momentSql(sql.add(interval.high + slack, 'float8'));
      const at = 'r.last_updated';
      switch (value.prefix ?? 'eq') {
        case 'ne':
          return `(${at} < ${low} OR ${at} >= ${high})`;
        case 'gt':
        case 'sa':
          return `(${at} >= ${high} AND ${low} IS NOT NULL)`;
        case 'lt':
        case 'eb':
          return `(${at} < ${low} AND ${high} IS NOT NULL)`;
        case 'ge':
          return `(${at} >= ${low} AND ${high} IS NOT NULL)`;
        case 'le':
          return `(${at} < ${high} AND ${low} IS NOT NULL)`;
        default:
          return `(${at} >= ${low} AND ${at} < ${high})`;
      }
    })
    .join(' OR ')})`;
}

/** Milliseconds since the epoch as a timestamp, to the millisecond. */
export function momentSql(milliseconds: string): string {
  return `(timestamptz 'epoch' + ${milliseconds} * interval '1 millisecond')`;
}

/** One condition on the array for all filters with one key, one more for each filter with several. */
function keyConditions(
  alias: string,
  filters: readonly SearchFilter[],
  { type, hash }: FilterContext,
  sql: SqlValues,
): string {
  const sets = filters.map((filter) => filterKeys(type, filter, hash));
  const single = sets.filter(({ length }) => length === 1).flat();
  const several = sets.filter(({ length }) => length !== 1);
  return [
    ...(single.length > 0 ? [`${alias}.keys @> ${sql.add(single, 'int8[]')}`] : []),
    ...several.map((keys) => `${alias}.keys && ${sql.add(keys, 'int8[]')}`),
  ].join(' AND ');
}

// The probes are scalar subqueries, which PostgreSQL never turns into joins: it cannot know how many rows a key has.

function probeKeys(filters: readonly SearchFilter[], context: FilterContext): Probe {
  return (item, sql) =>
    `(SELECT ${keyConditions('k', filters, context, sql)} FROM "${context.schema}".search_key k WHERE k.item = ${item})`;
}

function probeRange(filter: SearchFilter, context: FilterContext): Probe {
  return (
    item,
    sql,
  ) => `(SELECT true FROM "${context.schema}".search_range p WHERE p.item = ${item} AND p.key = ${keyOf(filter, context, sql)}
    AND ${rangeCondition('p', filter, sql, context.hash, context.now)} LIMIT 1)`;
}

function probeWord(filter: SearchFilter, context: FilterContext): Probe {
  return (
    item,
    sql,
  ) => `(SELECT true FROM "${context.schema}".search_word p WHERE p.item = ${item} AND ${placeCondition('p', filter, context, sql)}
    AND ${wordCondition('p', filter, sql)} LIMIT 1)`;
}

function driveIds(filter: SearchFilter, { schema, type, now }: FilterContext): Driver {
  return (sql, probes) => {
    const conditions = [`r.type = ${sql.add(type, 'text')}`, columnCondition(filter, sql, now)];
    return `SELECT r.item FROM "${schema}".resource r WHERE ${and(conditions, probes, 'r.item', sql)}`;
  };
}

function driveKeys(filters: readonly SearchFilter[], context: FilterContext): Driver {
  return (sql, probes) =>
    `SELECT k.item FROM "${context.schema}".search_key k WHERE ${and([keyConditions('k', filters, context, sql)], probes, 'k.item', sql)}`;
}

function driveRange(filter: SearchFilter, context: FilterContext): Driver {
  return (sql, probes) => {
    const conditions = [
      `x.key = ${keyOf(filter, context, sql)}`,
      rangeCondition('x', filter, sql, context.hash, context.now),
    ];
    return `SELECT DISTINCT x.item FROM "${context.schema}".search_range x WHERE ${and(conditions, probes, 'x.item', sql)}`;
  };
}

function driveWord(filter: SearchFilter, context: FilterContext): Driver {
  return (sql, probes) => {
    const conditions = [placeCondition('x', filter, context, sql), wordCondition('x', filter, sql)];
    return `SELECT DISTINCT x.item FROM "${context.schema}".search_word x WHERE ${and(conditions, probes, 'x.item', sql)}`;
  };
}

function keyOf({ parameter }: SearchFilter, { type, hash }: FilterContext, sql: SqlValues): string {
  return sql.add(hash.ofParameter(type, parameter), 'int8');
}

function placeCondition(
  alias: string,
  { parameter }: SearchFilter,
  { type, hash }: FilterContext,
  sql: SqlValues,
): string {
  return rowsOfKey(alias, wordKey(type, parameter, hash), sql);
}

/** Begins with; in byte order everything that begins with a text lies before the text followed by the last character. */
function wordCondition(alias: string, { values }: SearchFilter, sql: SqlValues): string {
  const conditions = values.map(({ value = '' }) => {
    const start = searchText(value).slice(0, wordLimit);
    return `${alias}.value >= ${sql.add(start, 'text')} AND ${alias}.value < ${sql.add(`${start}\u{10FFFF}`, 'text')}`;
  });
  return conditions.length === 1 ? conditions[0]! : `(${conditions.map((each) => `(${each})`).join(' OR ')})`;
}

export function and(
  conditions: readonly string[],
  probes: readonly Probe[],
  item: string,
  sql: SqlValues,
): string {
  const all = [...conditions, ...probes.map((probe) => probe(item, sql))];
  return all.length === 0 ? 'true' : all.join(' AND ');
}
