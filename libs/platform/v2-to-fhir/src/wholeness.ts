import { typeDefinition } from '#platform/fhir';

/**
 * Takes out of a resource what R4 does not accept as it stands and a message can bring about: an extension that says
 * nothing, a part without the element it is about, the second of two that exclude each other.
 */
export function whole(type: string, object: Record<string, unknown>): Record<string, unknown> {
  for (const [name, kind] of partsOf(type)) {
    const value = object[name];
    if (value === undefined) continue;
    const kept = Array.isArray(value) ? wholeItems(kind, value) : wholeItem(kind, value);
    if (kept === undefined) delete object[name];
    else object[name] = kept;
  }
  for (const names of choicesOf(type)) {
    const present = names.filter((name) => name in object);
    for (const name of present.slice(1)) delete object[name];
  }
  return object;
}

function wholeItems(type: string, items: unknown[]): unknown[] | undefined {
  const kept = items.filter((item) => wholeItem(type, item) !== undefined);
  return kept.length > 0 ? kept : undefined;
}

function wholeItem(type: string, item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  const object = item as Record<string, unknown>;
  if (type === 'Extension') {
    whole(type, object);
    const says = Object.keys(object).some((name) => /^_?value|^extension$/.test(name));
    return says && 'url' in object ? object : undefined;
  }
  whole(type, object);
  const isComplete = requiredOf(type).every((name) => name in object || `_${name}` in object || hasChoice(object, name));
  return isComplete && Object.keys(object).length > 0 ? object : undefined;
}

function hasChoice(object: Record<string, unknown>, name: string): boolean {
  return name.endsWith('[x]') && Object.keys(object).some((member) => member.startsWith(name.slice(0, -3)));
}

const parts = new Map<string, readonly (readonly [string, string])[]>();
const choices = new Map<string, readonly (readonly string[])[]>();

/** The members of a type that have members, with their types. */
function partsOf(type: string): readonly (readonly [string, string])[] {
  return kept(parts, type, () =>
    (typeDefinition(type)?.elements ?? []).flatMap(({ name, types, isChoice }) => {
      if (isChoice || types[0] === 'Resource') return [];
      const [first = ''] = types;
      return typeDefinition(first) ? [[name, first] as const] : [];
    }),
  );
}

function choicesOf(type: string): readonly (readonly string[])[] {
  return kept(choices, type, () =>
    (typeDefinition(type)?.elements ?? [])
      .filter(({ isChoice }) => isChoice)
      .map(({ name, types }) => types.map((one) => name.slice(0, -3) + one.charAt(0).toUpperCase() + one.slice(1))),
  );
}

function requiredOf(type: string): readonly string[] {
  return (typeDefinition(type)?.elements ?? []).filter(({ min }) => min > 0).map(({ name }) => name);
}

function kept<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const found = cache.get(key);
  if (found !== undefined) return found;
  const made = make();
  cache.set(key, made);
  return made;
}
