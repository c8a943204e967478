import type { Statement } from '#platform/database';
import { lookUpSql } from '../resource-row.ts';
import { and, type FilterContext, type FilterPlan } from './filter-plan.ts';
import { SqlValues } from './sql-values.ts';
import { searchStatement } from './statement-name.ts';

/** How many match. */
export function countStatement(
  { schema, type }: FilterContext,
  { driver, probes, columns }: FilterPlan,
): Statement {
  const sql = new SqlValues();
  const from = driver
    ? `(${driver.query(sql, driver.left)}) hit CROSS JOIN ${lookUpSql(schema, 'hit.item')}`
    : `"${schema}".resource r`;
  const where = [`r.type = ${sql.add(type, 'text')}`, 'NOT r.deleted', ...columns(sql)];
  const condition = and(where, driver ? [] : probes, 'r.item', sql);
  return searchStatement(schema, `SELECT count(*) AS total FROM ${from} WHERE ${condition}`, sql);
}
