import type { Caller } from '#platform/access';
import type { Messenger } from '#platform/messaging';
import { importContracts, type Imported } from '#platform/store';
import { catalogue } from '../catalogue.ts';
import type { FoundResource } from '../verbs/import/resources-in-text.ts';
import type { ImportTarget } from '../verbs/import/import-run.ts';

/** Imports from within Septum, each resource through the contract of the context that owns its type. */
export function messengerTarget(caller: Caller, messenger: Messenger): Pick<ImportTarget, 'store'> {
  const owners = new Map(catalogue.flatMap(({ name, types }) => types.map((type) => [type, name] as const)));
  const storeOwn = async (context: string, items: readonly Item[]) => {
    const entries = items.map(({ resource: { type, id } }) => ({ type, id }));
    const texts = items.map(({ resource }) => resource.text);
    const { result } = await messenger.call(caller, importContracts(context).import, { entries }, { texts });
    return { result, items };
  };
  return {
    async store(batch) {
      const byContext = new Map<string, Item[]>();
      batch.forEach((resource, index) => {
        const context = owners.get(resource.type)!;
        byContext.set(context, [...(byContext.get(context) ?? []), { resource, index }]);
      });
      return summed(await Promise.all([...byContext].map(([context, items]) => storeOwn(context, items))));
    },
  };
}

interface Item {
  readonly resource: FoundResource;
  /** Its place in the batch. */
  readonly index: number;
}

function summed(parts: readonly { readonly result: Imported; readonly items: readonly Item[] }[]) {
  const sum = (name: 'created' | 'updated' | 'unchanged') =>
    parts.reduce((total, { result }) => total + result[name], 0);
  const rejected = parts.flatMap(({ result, items }) =>
    result.rejected.map(({ index, issues }) => ({
      index: items[index]!.index,
      reasons: issues.map(({ expression, diagnostics }) =>
        [expression, diagnostics].filter(Boolean).join(': '),
      ),
    })),
  );
  return { created: sum('created'), updated: sum('updated'), unchanged: sum('unchanged'), rejected };
}
