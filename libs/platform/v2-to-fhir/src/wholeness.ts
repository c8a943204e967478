import { typeDefinition } from '#platform/fhir';

/**
 * Takes out of a resource what R4 does not accept as it stands and a message can bring about: an extension that says
 * nothing, a part without the element it is about, the second of two that exclude each other.
 */
export function whole(type: string, object: Record<string, unknown>): Record<string, unknown> {
  const members = membersOf(type);
  let chosen: Set<string> | undefined;
  for (const name of Object.keys(object)) {
    const member = members.get(name);
    if (member === undefined) continue;
    if (member.choice !== undefined && chosen?.has(member.choice)) delete object[name];
    else if (member.kind !== undefined) keepWhole(object, name, member.kind);
    if (member.choice !== undefined) (chosen ??= new Set()).add(member.choice);
  }
  return object;
}

function keepWhole(object: Record<string, unknown>, name: string, kind: string): void {
  const value = object[name];
  const kept = Array.isArray(value) ? wholeItems(kind, value) : wholeItem(kind, value);
  if (kept === undefined) delete object[name];
  else if (kept !== value) object[name] = kept;
}

function wholeItems(type: string, items: unknown[]): unknown[] | undefined {
  if (items.every((item) => wholeItem(type, item) !== undefined)) return items;
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
  return missingFrom(type, object) === undefined && Object.keys(object).length > 0 ? object : undefined;
}

/** The first element that R4 demands of a type and an object does not have. */
export function missingFrom(type: string, object: Record<string, unknown>): string | undefined {
  for (const { name, aside, choice } of requiredOf(type))
    if (!(name in object || aside in object || (choice !== undefined && hasChoice(object, choice))))
      return name;
  return undefined;
}

function hasChoice(object: Record<string, unknown>, beginning: string): boolean {
  return Object.keys(object).some((member) => member.startsWith(beginning));
}

interface Required {
  readonly name: string;
  /** Where something is said of a primitive that is not there: `_name`. */
  readonly aside: string;
  /** What the names of a choice begin with. */
  readonly choice: string | undefined;
}

interface Member {
  /** The type of an element that has elements itself. */
  readonly kind?: string;
  /** The choice it is one of: `value[x]`. */
  readonly choice?: string;
}

const members = new Map<string, ReadonlyMap<string, Member>>();
const required = new Map<string, readonly Required[]>();

/** The members of a type that there is something to look at: those with members of their own, and those of a choice. */
function membersOf(type: string): ReadonlyMap<string, Member> {
  return kept(members, type, () => {
    const found = new Map<string, Member>();
    for (const { name, types, isChoice, max } of typeDefinition(type)?.elements ?? []) {
      if (isChoice)
        for (const one of types) found.set(choiceName(name, one), { choice: name, ...kindOf(one) });
      else found.set(name, kindOf(types[0] ?? ''));
      // What is said of a primitive stands aside; of one that repeats, by places that must not shift.
      if (!isChoice && max === 1 && !typeDefinition(types[0] ?? ''))
        found.set(`_${name}`, { kind: 'Element' });
    }
    return found;
  });
}

function choiceName(name: string, type: string): string {
  return name.slice(0, -3) + type.charAt(0).toUpperCase() + type.slice(1);
}

function kindOf(type: string): { kind?: string } {
  return typeDefinition(type) && type !== 'Resource' ? { kind: type } : {};
}

function requiredOf(type: string): readonly Required[] {
  return kept(required, type, () =>
    (typeDefinition(type)?.elements ?? [])
      .filter(({ min }) => min > 0)
      .map(({ name, isChoice }) => ({
        name,
        aside: `_${name}`,
        choice: isChoice ? name.slice(0, -3) : undefined,
      })),
  );
}

function kept<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const found = cache.get(key);
  if (found !== undefined) return found;
  const made = make();
  cache.set(key, made);
  return made;
}
