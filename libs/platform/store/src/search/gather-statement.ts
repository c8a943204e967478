import type { Statement } from '#platform/database';
import { recordSql, type QueriedAccess } from '../audit/record-sql.ts';
import { lookUpSql, rowColumns } from '../resource-row.ts';
import type { Cursor } from './cursor.ts';
import { and, type Driver, type FilterContext, type FilterPlan } from './filter-plan.ts';
import { orderValueSql, type OrderKey } from './search-order.ts';
import { SqlValues } from './sql-values.ts';
import { searchStatement } from './statement-name.ts';

export interface GatherRequest {
  readonly filters: FilterPlan;
  readonly order: readonly OrderKey[];
  readonly after: Cursor | undefined;
  /** One more is selected where there is one, to tell that there is a next page. */
  readonly count: number;
  /** More items than this are not sorted. */
  readonly hitLimit: number;
  readonly access: QueriedAccess;
}

/** One level of the order, over a row `r` of matches with the values of the keys in `k0`, `k1` …; none comes last. */
interface Level {
  readonly sql: string;
  readonly descending: boolean;
  readonly type: 'text' | 'float8' | 'int8';
}

/**
 * Starts from the filters: collects the items that pass, at most `hitLimit + 1`, sorts their resources and records
 * those that leave. Each row tells in `hits` how many were collected; over the limit there is no page and no record.
 * There is always a row.
 */
export function gatherStatement(context: FilterContext, request: GatherRequest): Statement {
  const { schema, type } = context;
  const { driver, columns, probes } = request.filters;
  const sql = new SqlValues();
  const items = driver ? driver.query(sql, driver.left) : allItems(context)(sql, probes);
  const tooMany = sql.add(request.hitLimit + 1, 'int4');
  const fewEnough = `(SELECT hits FROM size) < ${tooMany}`;
  const where = [fewEnough, `r.type = ${sql.add(type, 'text')}`, 'NOT r.deleted', ...columns(sql)];
  const levels = levelsOf(request.order);
  const names = levels.map((_, at) => `o${at}`);
  const ordered = (sqlOf: (level: Level, at: number) => string): string =>
    levels
      .map((level, at) => `${sqlOf(level, at)} ${level.descending ? 'DESC' : 'ASC'} NULLS LAST`)
      .join(', ');
  const answered = `SELECT ids FROM page LIMIT ${sql.add(request.count, 'int4')}`;
  // OFFSET 0 has the values of the keys looked up once a match; else wherever the order and the cursor name them.
  const text = `WITH hit AS MATERIALIZED (${items} LIMIT ${tooMany}), size AS (SELECT count(*) AS hits FROM hit), page AS (
    SELECT ${rowColumns('r')}, r.patients AS ids, ${levels.map((level, at) => `${level.sql} AS o${at}`).join(', ')}
      FROM (SELECT r.*, ${keysSql(schema, request.order, sql)}
        FROM hit CROSS JOIN ${lookUpSql(schema, 'hit.item')} WHERE ${where.join(' AND ')} OFFSET 0) r
      WHERE ${afterSql(levels, request.after, sql)} ORDER BY ${ordered((level) => level.sql)} LIMIT ${sql.add(request.count + 1, 'int4')}
    ), recorded AS (${recordSql(schema, answered, fewEnough, request.access, sql)})
    SELECT size.hits, r.type, r.id, r.version, r.moment, r.deleted, r.content, ${names.map((name) => `r.${name}::text AS ${name}`).join(', ')}
    FROM size LEFT JOIN page r ON true ORDER BY ${ordered((_, at) => `r.o${at}`)}`;
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
function levelsOf(order: readonly OrderKey[]): readonly Level[] {
  const keys = order.map((key, at): Level => ({
    sql: `r.k${at}`,
    descending: key.descending,
    type: typeOf(key),
  }));
  const [only] = order;
  if (order.length > 1 || only === undefined) return [...keys, item('r.item', false)];
  if (only.by === 'id') return keys;
  if (only.by === 'moment') return [...keys, item('r.item', only.descending)];
  const valued = 'CASE WHEN r.k0 IS NOT NULL THEN r.item END';
  return [...keys, item(valued, only.descending), { sql: 'r.id', descending: false, type: 'text' }];
}

function typeOf(key: OrderKey): Level['type'] {
  return key.by === 'id' || (key.by === 'value' && key.table === 'search_word') ? 'text' : 'float8';
}

function keysSql(schema: string, order: readonly OrderKey[], sql: SqlValues): string {
  return order.map((key, at) => `${orderValueSql(schema, key, sql)} AS k${at}`).join(', ');
}

function item(sql: string, descending: boolean): Level {
  return { sql, descending, type: 'int8' };
}

/** Behind the last row of the page before: by the first level, or equal there and by the second, and so on. */
function afterSql(levels: readonly Level[], after: Cursor | undefined, sql: SqlValues): string {
  if (after === undefined) return 'true';
  const alternatives = levels.map((level, at) => {
    const equal = levels.slice(0, at).map((before, place) => {
      const value = after[place] ?? null;
      return value === null ? `${before.sql} IS NULL` : `${before.sql} = ${sql.add(value, before.type)}`;
    });
    const value = after[at] ?? null;
    const beyond =
      value === null
        ? 'false'
        : `(${level.sql} ${level.descending ? '<' : '>'} ${sql.add(value, level.type)} OR ${level.sql} IS NULL)`;
    return [...equal, beyond].join(' AND ');
  });
  return `(${alternatives.map((each) => `(${each})`).join(' OR ')})`;
}
