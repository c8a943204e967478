import type { Removal } from './mapped.ts';

type Json = Record<string, unknown>;

/** Takes an element out of a resource; of a repeating one with a `match`, the instances that have those members. */
export function removeAt(resource: Json, { path, match }: Removal): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at: unknown = resource;
  for (const name of names) at = isObject(at) ? at[name] : undefined;
  if (!isObject(at)) return;
  const items = at[last];
  const kept = match && Array.isArray(items) ? items.filter((item) => !matches(item, match)) : [];
  if (kept.length > 0) at[last] = kept;
  else {
    delete at[last];
    delete at[`_${last}`];
  }
  const isLeftEmpty = names.length > 0 && Object.keys(at).length === 0;
  if (isLeftEmpty) removeAt(resource, { path: names.join('.') });
}

function matches(item: unknown, match: Readonly<Record<string, string>>): boolean {
  return Object.entries(match).every(([path, value]) => valuesAt(item, path.split('.')).includes(value));
}

/** The values at a path, through all instances of what repeats. */
function valuesAt(node: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (name === undefined) return [node];
  if (Array.isArray(node)) return node.flatMap((item) => valuesAt(item, [name, ...rest]));
  const inside = isObject(node) ? node[name] : undefined;
  if (inside === undefined) return [];
  return (Array.isArray(inside) ? inside : [inside]).flatMap((item) => valuesAt(item, rest));
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
