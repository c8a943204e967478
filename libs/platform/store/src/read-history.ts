/** https://hl7.org/fhir/R4/http.html#history, of one resource, newest first. */
import { assertScope, rowPolicy, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { Reply } from '#platform/messaging';
import { unionOfPatients } from './audit/audit-log.ts';
import type { Found, ReadHistory } from './contract/resource.ts';
import { replyOf, patientsColumns, type PatientsRow } from './resource-row.ts';
import { readCursor, writeCursor } from './search/cursor.ts';
import { momentSql } from './search/filter-plan.ts';
import type { StoreParts } from './store-parts.ts';

/** Deletions are among the versions, marked and with an empty text. `total` counts all versions since `since`. */
export async function readHistory(
  store: StoreParts,
  caller: Caller,
  request: ReadHistory,
): Promise<Reply<Found>> {
  const { type, id, count, since } = request;
  store.assertOwns(type);
  assertScope(caller, type, 'r');
  const identity = `history ${type}/${id}`;
  const before = request.cursor === undefined ? null : readCursor(request.cursor, identity, store.hash)[0];
  const rows = await store.database.query<PatientsRow & { total: number }>(rowPolicy(caller), {
    name: `${store.schema}.history`,
    text: historySql(store.schema),
    values: [type, id, before, since ?? null, count + 1],
  });
  if (rows.length === 0 && before === null && since === undefined) {
    throw new Fault('not-found', `${type}/${id} does not exist, or this caller may not see it.`);
  }
  const page = rows.slice(0, count);
  await store.audit.append({
    caller,
    action: 'R',
    type,
    id,
    count: page.length,
    patients: unionOfPatients(page),
    detail: '_history',
  });
  const last = page.at(-1);
  const next =
    rows.length > count && last ? writeCursor([String(last.version)], identity, store.hash) : undefined;
  return replyOf(page, (matches): Found => ({
    matches,
    ...(next === undefined ? {} : { next }),
    total: rows[0]?.total ?? 0,
  }));
}

function historySql(schema: string): string {
  const versions = ['resource', 'history'].map(
    (table) => `SELECT ${patientsColumns('v')} FROM "${schema}".${table} v WHERE v.type = $1 AND v.id = $2
      AND ($4::float8 IS NULL OR v.last_updated >= ${momentSql('$4::float8')})`,
  );
  return `WITH version AS (${versions.join(' UNION ALL ')})
    SELECT *, (SELECT count(*) FROM version) AS total FROM version WHERE $3::int4 IS NULL OR version < $3::int4 ORDER BY version DESC LIMIT $5`;
}
