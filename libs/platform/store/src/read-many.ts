import { assertScope, rowPolicy, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { Reply } from '#platform/messaging';
import { unionOfPatients } from './audit/audit-log.ts';
import type { ReadResources, Stored } from './contract/resource.ts';
import { replyOf, rowColumns, type ResourceRow } from './resource-row.ts';
import type { StoreParts } from './store-parts.ts';

/** Current versions by `Type/id`, in the order asked; what is not there, deleted or not to be seen is left out. */
export async function readMany(
  store: StoreParts,
  caller: Caller,
  { references }: ReadResources,
): Promise<Reply<readonly Stored[]>> {
  const pairs = references.map(splitReference);
  const types = new Set(pairs.map(([type]) => type));
  for (const type of types) {
    store.assertOwns(type);
    assertScope(caller, type, 'r');
  }
  if (pairs.length === 0) return { result: [], texts: [] };
  const rows = await store.ask<ResourceRow>(rowPolicy(caller), {
    name: `${store.schema}.read-many`,
    text: `SELECT ${rowColumns('r')} FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (type, id, place)
      JOIN "${store.schema}".resource r ON r.type = w.type COLLATE "C" AND r.id = w.id COLLATE "C" WHERE NOT r.deleted ORDER BY w.place`,
    values: [pairs.map(([type]) => type), pairs.map(([, id]) => id)],
  });
  const type = types.size === 1 ? [...types][0]! : 'Resource';
  await store.audit.append({
    caller,
    action: 'R',
    type,
    count: rows.length,
    patients: unionOfPatients(rows),
    detail: references.join(','),
  });
  return replyOf(rows, (stored) => stored);
}

function splitReference(reference: string): readonly [string, string] {
  const [type = '', id = '', ...more] = reference.split('/');
  if (id === '' || more.length > 0)
    throw new Fault('bad-parameter', 'A reference to read is written Type/id.');
  return [type, id];
}
