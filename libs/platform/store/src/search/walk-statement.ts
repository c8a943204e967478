import type { Statement } from '#platform/database';
import { patientsColumns } from '../resource-row.ts';
import type { Cursor } from './cursor.ts';
import { and, momentSql, type FilterContext, type FilterPlan, type Probe } from './filter-plan.ts';
import type { OrderKey, ValueOrder } from './search-order.ts';
import { rowsOfKey } from './word-key.ts';
import { SqlValues } from './sql-values.ts';
import { searchStatement } from './statement-name.ts';

export interface WalkRequest {
  readonly filters: FilterPlan;
  readonly order: OrderKey;
  /** Of an order by value: the stretch of the resources that have none, by id. */
  readonly lacking: boolean;
  readonly after: Cursor | undefined;
  readonly limit: number;
}

/** Walks along the order and takes what passes all filters: for searches that match much, however much there is. */
export function walkStatement(context: FilterContext, request: WalkRequest): Statement {
  const sql = new SqlValues();
  const { order } = request;
  const text =
    order.by === 'value' && !request.lacking
      ? walkValues(context, request, order, sql)
      : walkResources(context, request, sql);
  return searchStatement(context.schema, text, sql);
}

// OFFSET 0 keeps two levels apart: inside the index gives the order, outside the filters pass what they pass.

function walkResources(
  context: FilterContext,
  { filters, order, after, limit }: WalkRequest,
  sql: SqlValues,
): string {
  const { schema, type } = context;
  const byMoment = order.by === 'moment';
  const descending = order.by !== 'value' && order.descending;
  const beyond = descending ? '<' : '>';
  const where = [`r.type = ${sql.add(type, 'text')}`, 'NOT r.deleted', ...filters.columns(sql)];
  if (after && byMoment) {
    where.push(
      `(r.last_updated, r.item) ${beyond} (${momentSql(sql.add(after[0], 'float8'))}, ${sql.add(after[1], 'int8')})`,
    );
  } else if (after) {
    where.push(`r.id ${beyond} ${sql.add(order.by === 'value' ? after[2] : after[0], 'text')}`);
  }
  const lacking: Probe[] =
    order.by === 'value' ? [(item, into) => `NOT ${hasValue(schema, order, item, into)}`] : [];
  const direction = descending ? 'DESC' : 'ASC';
  const sorting = byMoment
    ? `r.last_updated ${direction}, r.item ${direction}`
    : `r.type ${direction}, r.id ${direction}`;
  const levels = byMoment
    ? '(extract(epoch FROM r.last_updated) * 1000)::float8::text AS o0, r.item::text AS o1'
    : order.by === 'value'
      ? 'NULL AS o0, NULL AS o1, r.id AS o2'
      : 'r.id AS o0';
  return `SELECT ${patientsColumns('r')}, ${levels}
    FROM (SELECT r.* FROM "${schema}".resource r WHERE ${where.join(' AND ')} ORDER BY ${sorting} OFFSET 0) r
    WHERE ${and([], [...filters.probes, ...lacking], 'r.item', sql)} LIMIT ${sql.add(limit, 'int4')}`;
}

function walkValues(
  context: FilterContext,
  { filters, after, limit }: WalkRequest,
  order: ValueOrder,
  sql: SqlValues,
): string {
  const { schema, type } = context;
  const { table, column, descending } = order;
  const direction = descending ? 'DESC' : 'ASC';
  const sorting = `x.${column} ${direction}, x.item ${direction}`;
  const where = [rowsOfKey('x', order, sql)];
  if (after) {
    const at = sql.add(after[0], table === 'search_word' ? 'text' : 'float8');
    where.push(`(x.${column}, x.item) ${descending ? '<' : '>'} (${at}, ${sql.add(after[1], 'int8')})`);
  }
  // A resource with several values comes once, at the value that it is sorted by.
  const once: Probe = (
    item,
  ) => `x.ctid = (SELECT y.ctid FROM (SELECT y.ctid, y.${column} FROM "${schema}".${table} y
      WHERE y.item = ${item} AND y.key = x.key${order.part === '' ? '' : ' AND y.part = x.part'} OFFSET 0) y ORDER BY y.${column} ${direction}, y.ctid LIMIT 1)`;
  const inner = `SELECT x.${column}, x.item FROM "${schema}".${table} x WHERE ${and(where, [...filters.probes, once], 'x.item', sql)}
    ORDER BY ${sorting} OFFSET 0`;
  const columns = [`r.type = ${sql.add(type, 'text')}`, 'NOT r.deleted', ...filters.columns(sql)];
  return `SELECT ${patientsColumns('r')}, x.${column}::text AS o0, x.item::text AS o1, r.id AS o2 FROM (${inner}) x
    JOIN LATERAL (SELECT r.* FROM "${schema}".resource r WHERE r.item = x.item AND ${columns.join(' AND ')} OFFSET 0) r ON true
    ORDER BY ${sorting} LIMIT ${sql.add(limit, 'int4')}`;
}

function hasValue(schema: string, order: ValueOrder, item: string, sql: SqlValues): string {
  return `EXISTS (SELECT FROM "${schema}".${order.table} v WHERE v.item = ${item} AND ${rowsOfKey('v', order, sql)})`;
}
