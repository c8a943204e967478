import { assertScope, rowPolicy, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { Reply } from '#platform/messaging';
import { recordSql } from './audit/record-sql.ts';
import type { ReadResources, Stored } from './contract/resource.ts';
import { replyOf, rowColumns, type ResourceRow } from './resource-row.ts';
import { SqlValues } from './search/sql-values.ts';
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
  const type = types.size === 1 ? [...types][0]! : 'Resource';
  const access = { caller, action: 'R', type, detail: references.join(',') } as const;
  const sql = new SqlValues();
  const wanted = [0, 1]
    .map((part) =>
      sql.add(
        pairs.map((pair) => pair[part]),
        'text[]',
      ),
    )
    .join(', ');
  const rows = await store.ask<ResourceRow>(rowPolicy(caller), {
    name: `${store.schema}.read-many`,
    text: `WITH r AS MATERIALIZED (SELECT ${rowColumns('r')}, r.patients AS ids, w.place
        FROM unnest(${wanted}) WITH ORDINALITY AS w (type, id, place)
        CROSS JOIN LATERAL (
          SELECT r.* FROM "${store.schema}".resource r WHERE r.type = w.type COLLATE "C" AND r.id = w.id COLLATE "C" OFFSET 0
        ) r WHERE NOT r.deleted
      ), recorded AS (${recordSql(store.schema, 'SELECT ids FROM r', 'true', access, sql)})
      SELECT type, id, version, moment, deleted, content FROM r ORDER BY place`,
    values: sql.list,
  });
  return replyOf(rows, (stored) => stored);
}

function splitReference(reference: string): readonly [string, string] {
  const [type = '', id = '', ...more] = reference.split('/');
  if (id === '' || more.length > 0)
    throw new Fault('bad-parameter', 'A reference to read is written Type/id.');
  return [type, id];
}
