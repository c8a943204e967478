import { assertScope, rowPolicy, type Caller } from '#platform/access';
import type { Reply } from '#platform/messaging';
import type { CountResources } from './contract/import.ts';
import type { StoreParts } from './store-parts.ts';

/** How many resources of each type there are that the caller may see; types without any are there with 0. */
export async function countResources(
  store: StoreParts,
  caller: Caller,
  { types = [...store.types] }: CountResources,
): Promise<Reply<Readonly<Record<string, number>>>> {
  for (const type of types) {
    store.assertOwns(type);
    assertScope(caller, type, 's');
  }
  const rows = await store.database.query<{ type: string; count: number }>(rowPolicy(caller), {
    name: `${store.schema}.counts`,
    text: `SELECT type, count(*) AS count FROM "${store.schema}".resource WHERE type = ANY ($1::text[]) AND NOT deleted GROUP BY type`,
    values: [types],
  });
  const counts = new Map(rows.map(({ type, count }) => [type, count]));
  return { result: Object.fromEntries(types.map((type) => [type, counts.get(type) ?? 0])), texts: [] };
}
