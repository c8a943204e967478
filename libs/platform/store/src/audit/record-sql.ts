import type { SqlValues } from '../search/sql-values.ts';
import { recordedClient, recordedDetail, type Access } from './audit-log.ts';

/** An access that is recorded by the query that answers it, which alone knows how many resources leave and whose. */
export type QueriedAccess = Omit<Access, 'count' | 'patients' | 'version'>;

/**
 * The `INSERT` of a query's own record, as the body of one of its `WITH` queries: the access costs one round trip and
 * one commit. Rows leave the server before its commit, but the query resolves after it: no answer is made before its
 * record is durable.
 *
 * @param answered what leaves: a row for each resource, with `ids text[]`, its patients
 * @param condition when there is something to record
 */
export function recordSql(
  schema: string,
  answered: string,
  condition: string,
  { caller, action, type, id, detail }: QueriedAccess,
  sql: SqlValues,
): string {
  const columns = [
    `'${action}'`,
    sql.add(caller.breakGlass, 'boolean'),
    'count(*)',
    sql.add(caller.subject, 'text'),
    sql.add(recordedClient(caller), 'text'),
    sql.add(caller.purposeOfUse, 'text'),
    sql.add(type, 'text'),
    sql.add(id ?? null, 'text'),
    patientsOfAll,
    sql.add(recordedDetail(detail), 'text'),
  ];
  return `INSERT INTO "${schema}".audit (action, break_glass, count, subject, client, purpose, type, id, patients, detail)
    SELECT ${columns.join(', ')} FROM (${answered}) answered HAVING ${condition}`;
}

/**
 * Resources of the same patients are the rule, so their ids are compared together, which spares taking them apart;
 * a patient is named twice only where one resource has him alone and another has him with somebody.
 */
const patientsOfAll = `coalesce(string_to_array(string_agg(DISTINCT nullif(array_to_string(ids, ','), ''), ','), ','), '{}')`;
