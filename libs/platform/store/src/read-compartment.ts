/** What this context holds of one patient. https://hl7.org/fhir/R4/compartmentdefinition-patient.html */
import { hasScope, rowPolicy, type Caller } from '#platform/access';
import type { Reply } from '#platform/messaging';
import type { Found, ReadCompartment } from './contract/resource.ts';
import { recordSql } from './audit/record-sql.ts';
import { compartmentKey } from './index/search-key.ts';
import { lookUpSql, replyOf, rowColumns, type ResourceRow } from './resource-row.ts';
import { readCursor, writeCursor } from './search/cursor.ts';
import { momentSql } from './search/filter-plan.ts';
import { SqlValues } from './search/sql-values.ts';
import type { StoreParts } from './store-parts.ts';

/** Types that the caller's scopes do not let him read are left out. */
export async function readCompartment(
  store: StoreParts,
  caller: Caller,
  request: ReadCompartment,
): Promise<Reply<Found>> {
  const { patient, count, since } = request;
  for (const type of request.types ?? []) store.assertOwns(type);
  const types = (request.types ?? [...store.types]).filter((type) => hasScope(caller, type, 'r'));
  const identity = JSON.stringify(['compartment', patient, types, since ?? null]);
  const [afterType = null, afterId = null] =
    request.cursor === undefined ? [] : readCursor(request.cursor, identity, store.hash);
  const sql = new SqlValues();
  const [type, from] = [sql.add(afterType, 'text'), sql.add(since ?? null, 'float8')];
  const access = { caller, action: 'E', type: 'Patient', id: patient, detail: 'compartment' } as const;
  const answered = `SELECT ids FROM page LIMIT ${sql.add(count, 'int4')}`;
  const rows = await store.ask<ResourceRow>(rowPolicy(caller), {
    name: `${store.schema}.compartment`,
    // Found first, then sorted: left to itself the planner walks along the primary key until the page is full. Where
    // nothing is held of the patient, nothing left; that he was asked for is recorded where he is held.
    text: `WITH hit AS MATERIALIZED (
        SELECT k.item FROM "${store.schema}".search_key k
        WHERE k.keys @> ARRAY[${sql.add(store.hash.ofRecurring(compartmentKey(patient)), 'int8')}]
      ), page AS (
        SELECT ${rowColumns('r')}, ARRAY[${sql.add(patient, 'text')}] AS ids FROM hit CROSS JOIN ${lookUpSql(store.schema, 'hit.item')}
        WHERE r.type = ANY (${sql.add(types, 'text[]')}) AND NOT r.deleted
          AND (${from} IS NULL OR r.last_updated >= ${momentSql(from)})
          AND (${type} IS NULL OR (r.type, r.id) > (${type}, ${sql.add(afterId, 'text')}))
        ORDER BY r.type, r.id LIMIT ${sql.add(count + 1, 'int4')}
      ), recorded AS (${recordSql(store.schema, answered, 'count(*) > 0', access, sql)})
      SELECT type, id, version, moment, deleted, content FROM page ORDER BY type, id`,
    values: sql.list,
  });
  const page = rows.slice(0, count);
  const last = page.at(-1);
  const next =
    rows.length > count && last ? writeCursor([last.type, last.id], identity, store.hash) : undefined;
  return replyOf(page, (matches): Found => ({ matches, ...(next === undefined ? {} : { next }) }));
}
