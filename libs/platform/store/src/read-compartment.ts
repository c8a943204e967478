/** What this context holds of one patient. https://hl7.org/fhir/R4/compartmentdefinition-patient.html */
import { hasScope, rowPolicy, type Caller } from '#platform/access';
import type { Reply } from '#platform/messaging';
import type { Found, ReadCompartment } from './contract/resource.ts';
import { compartmentKey } from './index/search-key.ts';
import { replyOf, rowColumns, type ResourceRow } from './resource-row.ts';
import { readCursor, writeCursor } from './search/cursor.ts';
import { momentSql } from './search/filter-plan.ts';
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
  const rows = await store.ask<ResourceRow>(rowPolicy(caller), {
    name: `${store.schema}.compartment`,
    // Found first, then sorted: left to itself the planner walks along the primary key until the page is full.
    text: `WITH hit AS MATERIALIZED (SELECT k.item FROM "${store.schema}".search_key k WHERE k.keys @> ARRAY[$1::int8])
      SELECT ${rowColumns('r')} FROM hit JOIN "${store.schema}".resource r ON r.item = hit.item
      WHERE r.type = ANY ($2::text[]) AND NOT r.deleted
        AND ($3::float8 IS NULL OR r.last_updated >= ${momentSql('$3::float8')})
        AND ($4::text IS NULL OR (r.type, r.id) > ($4::text, $5::text))
      ORDER BY r.type, r.id LIMIT $6`,
    values: [
      store.hash.ofRecurring(compartmentKey(patient)),
      types,
      since ?? null,
      afterType,
      afterId,
      count + 1,
    ],
  });
  const page = rows.slice(0, count);
  // Where nothing is held of the patient, nothing left; that he was asked for is recorded where he is held.
  if (page.length > 0) {
    await store.audit.append({
      caller,
      action: 'E',
      type: 'Patient',
      id: patient,
      count: page.length,
      patients: `{"${patient}"}`,
      detail: 'compartment',
    });
  }
  const last = page.at(-1);
  const next =
    rows.length > count && last ? writeCursor([last.type, last.id], identity, store.hash) : undefined;
  return replyOf(page, (matches): Found => ({ matches, ...(next === undefined ? {} : { next }) }));
}
