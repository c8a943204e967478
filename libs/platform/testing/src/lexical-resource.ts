/** JSON as objects in which every number is kept as it is written: an independent reader to compare texts by. */

export type Tree = Readonly<Record<string, unknown>>;

type Reviver = (this: unknown, key: string, value: unknown, context?: { source?: string }) => unknown;

/** A resource's text, parsed so that 1.10 and 1.1 differ. */
export function lexicalTree(text: string): Tree {
  const keepSource: Reviver = (_key, value, context) =>
    typeof value === 'number' ? `number ${context?.source}` : value;
  return JSON.parse(text, keepSource as (this: unknown, key: string, value: unknown) => unknown) as Tree;
}

/** What the client sent, without the three values that the server owns. */
export function withoutServersOwn({ id: _id, meta, ...rest }: Tree): Tree {
  const { versionId: _versionId, lastUpdated: _lastUpdated, ...kept } = (meta ?? {}) as Tree;
  return Object.keys(kept).length > 0 ? { ...rest, meta: kept } : rest;
}
