import type { Statement } from '#platform/database';
import { rowColumns } from '../resource-row.ts';
import type { Cursor } from './cursor.ts';
import { and, type Driver, type FilterContext, type FilterPlan } from './filter-plan.ts';
import { orderValueSql, type OrderKey } from './search-order.ts';
import { SqlValues } from './sql-values.ts';
import { searchStatement } from './statement-name.ts';

export interface GatherRequest {
  readonly filters: FilterPlan;
  readonly order: readonly OrderKey[];
  readonly after: Cursor | undefined;
  readonly limit: number;
  /** More items than this are not sorted. */
  readonly hitLimit: number;
}

/** One level of the order. `missing`: what stands for it has no value, and comes last. */
interface Level {
  readonly sql: string;
  readonly descending: boolean;
  readonly type: 'text' | 'float8' | 'int8';
}

/**
 * Starts from the filters: collects the items that pass, at most `hitLimit + 1`, and sorts their resources. Each row
 * tells in `hits` how many were collected; over the limit the page is worth nothing. There is always a row.
 */
export function gatherStatement(context: FilterContext, request: GatherRequest): Statement {
  const { schema, type } = context;
  const { driver, columns, probes } = request.filters;
  const sql = new SqlValues();
  const items = driver ? driver.query(sql, driver.left) : allItems(context)(sql, probes);
  const hits = `${items} LIMIT ${sql.add(request.hitLimit + 1, 'int4')}`;
  const levels = levelsOf(schema, request.order, sql);
  const where = [`r.type = ${sql.add(type, 'text')}`, 'NOT r.deleted', ...columns(sql)];
  const names = levels.map((_, at) => `o${at}`);
  const orderBy = levels
    .map(({ descending }, at) => `r.o${at} ${descending ? 'DESC' : 'ASC'} NULLS LAST`)
    .join(', ');
  const text = `WITH hit AS MATERIALIZED (${hits}), page AS (
    SELECT r.* FROM (SELECT r.*, ${levels.map((level, at) => `${level.sql} AS o${at}`).join(', ')}
      FROM hit JOIN "${schema}".resource r ON r.item = hit.item WHERE ${where.join(' AND ')}) r
    WHERE ${afterSql(levels, request.after, sql)} ORDER BY ${orderBy} LIMIT ${sql.add(request.limit, 'int4')})
    SELECT (SELECT count(*) FROM hit) AS hits, ${rowColumns('r')}, ${names.map((name) => `r.${name}::text AS ${name}`).join(', ')}
    FROM (VALUES (1)) one LEFT JOIN page r ON true ORDER BY ${orderBy}`;
  return searchStatement(schema, text, sql);
}

/** Without a filter to start from, all resources of the type: only several sort keys need that. */
function allItems({ schema, type }: FilterContext): Driver {
  return (sql, probes) =>
    `SELECT r.item FROM "${schema}".resource r WHERE ${and([`r.type = ${sql.add(type, 'text')}`, 'NOT r.deleted'], probes, 'r.item', sql)}`;
}

/**
 * The keys, then what makes the order total, as the walk has it too: by id alone; by moment and item; by value and
 * item, those without a value by id.
 */
function levelsOf(schema: string, order: readonly OrderKey[], sql: SqlValues): readonly Level[] {
  const keys = order.map((key): Level => ({
    sql: orderValueSql(schema, key, () => sql.add(key.by === 'value' ? key.key : '', 'int8')),
    descending: key.descending,
    type: key.by === 'id' || (key.by === 'value' && key.table === 'search_word') ? 'text' : 'float8',
  }));
  const [only] = order;
  if (order.length > 1 || only === undefined) return [...keys, item('r.item', false)];
  if (only.by === 'id') return keys;
  if (only.by === 'moment') return [...keys, item('r.item', only.descending)];
  const valued = `CASE WHEN ${keys[0]!.sql} IS NOT NULL THEN r.item END`;
  return [...keys, item(valued, only.descending), { sql: 'r.id', descending: false, type: 'text' }];
}

function item(sql: string, descending: boolean): Level {
  return { sql, descending, type: 'int8' };
}

/** Behind the last row of the page before: by the first level, or equal there and by the second, and so on. */
function afterSql(levels: readonly Level[], after: Cursor | undefined, sql: SqlValues): string {
  if (after === undefined) return 'true';
  const alternatives = levels.map(({ descending, type }, at) => {
    const equal = levels.slice(0, at).map((level, before) => {
      const value = after[before] ?? null;
      return value === null ? `r.o${before} IS NULL` : `r.o${before} = ${sql.add(value, level.type)}`;
    });
    const value = after[at] ?? null;
    const beyond =
      value === null
        ? 'false'
        : `(r.o${at} ${descending ? '<' : '>'} ${sql.add(value, type)} OR r.o${at} IS NULL)`;
    return [...equal, beyond].join(' AND ');
  });
  return `(${alternatives.map((each) => `(${each})`).join(' OR ')})`;
}
