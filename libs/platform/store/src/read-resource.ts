/** https://hl7.org/fhir/R4/http.html#read and https://hl7.org/fhir/R4/http.html#vread */
import { assertScope, rowPolicy, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { Reply } from '#platform/messaging';
import type { ReadResource, Stored } from './contract/resource.ts';
import { patientsColumns, replyOf, type PatientsRow, type ResourceRow } from './resource-row.ts';
import type { StoreParts } from './store-parts.ts';

export async function readResource(
  store: StoreParts,
  caller: Caller,
  request: ReadResource,
): Promise<Reply<Stored>> {
  const { type, id, version } = request;
  store.assertOwns(type);
  assertScope(caller, type, 'r');
  const row =
    version === undefined
      ? await store.reads.add(rowPolicy(caller), { caller, type, id })
      : await readVersion(store, caller, type, id, version);
  if (row === undefined) {
    const what = version === undefined ? `${type}/${id}` : `Version ${version} of ${type}/${id}`;
    throw new Fault('not-found', `${what} does not exist, or this caller may not see it.`);
  }
  if (row.deleted)
    throw new Fault('gone', `${type}/${id} was deleted; its history holds the versions before.`);
  return replyOf([row], ([stored]) => stored!);
}

async function readVersion(
  store: StoreParts,
  caller: Caller,
  type: string,
  id: string,
  version: number,
): Promise<ResourceRow | undefined> {
  const [row] = await store.database.query<PatientsRow>(rowPolicy(caller), {
    name: `${store.schema}.vread`,
    text: vreadSql(store.schema),
    values: [type, id, version],
  });
  if (row !== undefined) {
    const { patients } = row;
    await store.audit.append({ caller, action: 'R', type, id, version, count: 1, patients });
  }
  return row;
}

function vreadSql(schema: string): string {
  return `SELECT ${patientsColumns('r')} FROM "${schema}".resource r WHERE r.type = $1 AND r.id = $2 AND r.version = $3
    UNION ALL SELECT ${patientsColumns('h')} FROM "${schema}".history h WHERE h.type = $1 AND h.id = $2 AND h.version = $3`;
}
