import type { Statement } from '#platform/database';
import { rowColumns } from '../resource-row.ts';
import {
  and,
  momentSql,
  type FilterContext,
  type Driver,
  type FilterPlan,
  type Probe,
} from './filter-plan.ts';
import type { Cursor } from './cursor.ts';
import { cursorTypes, type OrderKey, type SearchOrder, type ValueOrder } from './search-order.ts';
import { SqlValues } from './sql-values.ts';

export interface PageRequest {
  readonly filters: FilterPlan;
  readonly order: SearchOrder;
  /** Where the page before ended, when it ended in this stretch. */
  readonly after: Cursor['values'] | undefined;
  readonly limit: number;
}

/**
 * Starts from the filters, or from all resources when none is left but to sort them: collects the items that pass, at most `hitLimit + 1`, fetches their resources and sorts. Each
 * row tells in `hits` how many were collected; over the limit the page is worth nothing. There is always a row.
 */
export function gatherStatement(
  context: FilterContext,
  page: PageRequest,
  hitLimit: number,
): Statement | undefined {
  const { driver, columns, probes } = page.filters;
  if (!driver && page.order.by !== 'several') return undefined;
  const sql = new SqlValues();
  const all: Driver = (into, left) =>
    `SELECT r.item FROM "${context.schema}".resource r WHERE ${and([`r.type = ${into.add(context.type, 'text')}`, 'NOT r.deleted'], left, 'r.item', into)}`;
  const hits = `${driver ? driver.query(sql, driver.left) : all(sql, probes)} LIMIT ${sql.add(hitLimit + 1, 'int4')}`;
  const order = orderSql(context, page.order, sql);
  const where = [
    `r.type = ${sql.add(context.type, 'text')}`,
    'NOT r.deleted',
    ...columns(sql),
    ...order.where,
  ];
  const text = `WITH hit AS MATERIALIZED (${hits}), page AS (
    SELECT * FROM (SELECT ${rowColumns('r')}, ${order.columns.map(({ value, name }) => `${value} AS ${name}`).join(', ')}
      FROM hit JOIN "${context.schema}".resource r ON r.item = hit.item WHERE ${where.join(' AND ')}) q
    WHERE ${afterSql(order.columns, page.after, page.order, sql)}
    ORDER BY ${orderBy(order.columns)} LIMIT ${sql.add(page.limit, 'int4')})
    SELECT (SELECT count(*) FROM hit) AS hits, ${outputSql(order.columns)} FROM (VALUES (1)) one LEFT JOIN page ON true
    ORDER BY ${orderBy(order.columns, 'page.')}`;
  return named(context.schema, text, sql);
}

/** Walks along the order and takes what passes all filters: for searches that match much, however much there is. */
export function walkStatement(context: FilterContext, page: PageRequest): Statement | undefined {
  if (page.order.by === 'several') return undefined;
  const sql = new SqlValues();
  const text =
    page.order.by === 'value'
      ? walkValues(context, page, page.order, sql)
      : walkResources(context, page, page.order, sql);
  return named(context.schema, text, sql);
}

/** How many match. */
export function countStatement(context: FilterContext, { driver, probes, columns }: FilterPlan): Statement {
  const sql = new SqlValues();
  const hits = driver ? `JOIN (${driver.query(sql, driver.left)}) hit ON hit.item = r.item` : '';
  const where = [`r.type = ${sql.add(context.type, 'text')}`, 'NOT r.deleted', ...columns(sql)];
  const condition = and(where, driver ? [] : probes, 'r.item', sql);
  return named(
    context.schema,
    `SELECT count(*) AS total FROM "${context.schema}".resource r ${hits} WHERE ${condition}`,
    sql,
  );
}

interface OrderColumn {
  readonly value: string;
  readonly name: string;
  readonly descending: boolean;
}

interface OrderSql {
  readonly columns: readonly OrderColumn[];
  readonly where: readonly string[];
}

function orderSql(context: FilterContext, order: SearchOrder, sql: SqlValues): OrderSql {
  if (order.by === 'several') {
    const keys = order.keys.map((key, at) => ({
      value: orderValue(context, key, sql),
      name: `o${at}`,
      descending: key.descending,
    }));
    return { columns: [...keys, { value: itemSql, name: `o${keys.length}`, descending: false }], where: [] };
  }
  const first = { value: orderValue(context, order, sql), name: 'o0', descending: order.descending };
  if (order.by === 'id') {
    return {
      columns: [first],
      where: order.lacking ? [`NOT ${hasValue(context, order.lacking, 'r.item', sql)}`] : [],
    };
  }
  const columns = [first, { value: itemSql, name: 'o1', descending: order.descending }];
  return { columns, where: order.by === 'value' ? [hasValue(context, order, 'r.item', sql)] : [] };
}

function orderValue(context: FilterContext, key: OrderKey, sql: SqlValues): string {
  if (key.by === 'id') return 'r.id';
  if (key.by === 'moment') return '(extract(epoch FROM r.last_updated) * 1000)::float8';
  return `(SELECT ${key.descending ? 'max' : 'min'}(v.${key.column}) FROM "${context.schema}".${key.table} v
    WHERE v.item = r.item AND v.key = ${sql.add(key.key, 'int8')})`;
}

function hasValue(
  { schema }: FilterContext,
  { table, key }: ValueOrder,
  item: string,
  sql: SqlValues,
): string {
  return `EXISTS (SELECT FROM "${schema}".${table} v WHERE v.item = ${item} AND v.key = ${sql.add(key, 'int8')})`;
}

/** An item goes out as text: it does not fit a JavaScript number. */
function outputSql(columns: readonly OrderColumn[]): string {
  const resource = ['type', 'id', 'version', 'moment', 'deleted', 'patients', 'content'].map(
    (name) => `page.${name}`,
  );
  return [
    ...resource,
    ...columns.map(({ value, name }) =>
      value === itemSql ? `page.${name}::text AS ${name}` : `page.${name}`,
    ),
  ].join(', ');
}

const itemSql = 'r.item';

function orderBy(columns: readonly OrderColumn[], prefix = ''): string {
  return columns
    .map(({ name, descending }) => `${prefix}${name} ${descending ? 'DESC' : 'ASC'} NULLS LAST`)
    .join(', ');
}

/** Behind the last row of the page before: by the first column, or equal there and by the second, and so on. */
function afterSql(
  columns: readonly OrderColumn[],
  after: Cursor['values'] | undefined,
  order: SearchOrder,
  sql: SqlValues,
): string {
  if (after === undefined) return 'true';
  const types = cursorTypes(order);
  const alternatives = columns.map(({ name, descending }, at) => {
    const equal = columns
      .slice(0, at)
      .map((column, before) =>
        after[before] === null
          ? `${column.name} IS NULL`
          : `${column.name} = ${sql.add(after[before], types[before]!)}`,
      );
    const value = after[at] ?? null;
    const beyond =
      value === null
        ? 'false'
        : `(${name} ${descending ? '<' : '>'} ${sql.add(value, types[at]!)} OR ${name} IS NULL)`;
    return [...equal, beyond].join(' AND ');
  });
  return `(${alternatives.map((each) => `(${each})`).join(' OR ')})`;
}

function walkResources(
  context: FilterContext,
  page: PageRequest,
  order: Extract<SearchOrder, { by: 'id' | 'moment' }>,
  sql: SqlValues,
): string {
  const direction = order.descending ? 'DESC' : 'ASC';
  const beyond = order.descending ? '<' : '>';
  const where = [`r.type = ${sql.add(context.type, 'text')}`, 'NOT r.deleted', ...page.filters.columns(sql)];
  const [first, second] = page.after ?? [];
  if (first !== undefined) {
    where.push(
      order.by === 'id'
        ? `r.id ${beyond} ${sql.add(first, 'text')}`
        : `(r.last_updated, r.item) ${beyond} (${momentSql(sql.add(first, 'float8'))}, ${sql.add(second, 'int8')})`,
    );
  }
  const lacking: Probe[] =
    order.by === 'id' && order.lacking
      ? [(item, into) => `NOT ${hasValue(context, order.lacking!, item, into)}`]
      : [];
  const sorting =
    order.by === 'id'
      ? `r.type ${direction}, r.id ${direction}`
      : `r.last_updated ${direction}, r.item ${direction}`;
  // OFFSET 0 keeps the two levels apart: inside the index gives the order, outside the filters pass what they pass.
  return `SELECT ${rowColumns('r')}, ${order.by === 'id' ? 'r.id AS o0' : '(extract(epoch FROM r.last_updated) * 1000)::float8 AS o0, r.item::text AS o1'}
    FROM (SELECT r.* FROM "${context.schema}".resource r WHERE ${where.join(' AND ')} ORDER BY ${sorting} OFFSET 0) r
    WHERE ${and([], [...page.filters.probes, ...lacking], 'r.item', sql)} LIMIT ${sql.add(page.limit, 'int4')}`;
}

function walkValues(context: FilterContext, page: PageRequest, order: ValueOrder, sql: SqlValues): string {
  const { schema, type } = context;
  const { table, column, descending } = order;
  const direction = descending ? 'DESC' : 'ASC';
  const sorting = `x.${column} ${direction}, x.item ${direction}`;
  const where = [`x.key = ${sql.add(order.key, 'int8')}`];
  const [first, second] = page.after ?? [];
  if (first !== undefined) {
    const at = sql.add(first, table === 'search_word' ? 'text' : 'float8');
    where.push(`(x.${column}, x.item) ${descending ? '<' : '>'} (${at}, ${sql.add(second, 'int8')})`);
  }
  // A resource with several values comes once, at the value that it is sorted by.
  const once: Probe = (
    item,
  ) => `x.ctid = (SELECT y.ctid FROM "${schema}".${table} y WHERE y.item = ${item} AND y.key = x.key
    ORDER BY y.${column} ${direction}, y.ctid LIMIT 1)`;
  const inner = `SELECT x.${column}, x.item FROM "${schema}".${table} x WHERE ${and(where, [...page.filters.probes, once], 'x.item', sql)}
    ORDER BY ${sorting} OFFSET 0`;
  const columns = [`r.type = ${sql.add(type, 'text')}`, 'NOT r.deleted', ...page.filters.columns(sql)];
  return `SELECT ${rowColumns('r')}, x.${column} AS o0, x.item::text AS o1 FROM (${inner}) x
    JOIN LATERAL (SELECT r.* FROM "${schema}".resource r WHERE r.item = x.item AND ${columns.join(' AND ')} OFFSET 0) r ON true
    ORDER BY ${sorting} LIMIT ${sql.add(page.limit, 'int4')}`;
}

/** Shapes recur, so their statements are prepared under a name; a client cannot make up more than this many names. */
const nameLimit = 400;
const names = new Map<string, string>();

function named(schema: string, text: string, sql: SqlValues): Statement {
  let name = names.get(text);
  if (name === undefined && names.size < nameLimit)
    names.set(text, (name = `${schema}.search.${names.size}`));
  return { ...(name === undefined ? {} : { name }), text, values: sql.list };
}
