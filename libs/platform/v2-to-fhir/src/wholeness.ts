import { typeDefinition } from '#platform/fhir';

/**
 * Takes out of a resource what R4 does not accept as it stands and a message can bring about: an extension that says
 * nothing, a part without the element it is about, the second of two that exclude each other.
 */
export function whole(type: string, object: Record<string, unknown>): void {
  keepWhole(shapeOf(type), object);
}

function keepWhole({ members }: Shape, object: Record<string, unknown>): void {
  let chosen: Set<string> | undefined;
  for (const name of Object.keys(object)) {
    const member = members.get(name);
    if (member === undefined) continue;
    const { choice, kind } = member;
    if (choice !== undefined && chosen?.has(choice)) delete object[name];
    else if (kind !== undefined) keepMember(shapeOf(kind), object, name);
    if (choice !== undefined) (chosen ??= new Set()).add(choice);
  }
}

function keepMember(shape: Shape, object: Record<string, unknown>, name: string): void {
  const value = object[name];
  if (!Array.isArray(value)) {
    if (!staysWhole(shape, value)) delete object[name];
    return;
  }
  const kept = value.filter((item) => staysWhole(shape, item));
  if (kept.length === 0) delete object[name];
  else if (kept.length < value.length) object[name] = kept;
}

/** Whether anything is left of an item that R4 accepts. */
function staysWhole(shape: Shape, item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return true;
  const object = item as Record<string, unknown>;
  keepWhole(shape, object);
  if (shape.type !== 'Extension')
    return missing(shape, object) === undefined && Object.keys(object).length > 0;
  return 'url' in object && Object.keys(object).some((name) => /^_?value|^extension$/.test(name));
}

/** The first element that R4 demands of a type and an object does not have. */
export function missingFrom(type: string, object: Record<string, unknown>): string | undefined {
  return missing(shapeOf(type), object);
}

function missing({ required }: Shape, object: Record<string, unknown>): string | undefined {
  for (const { name, aside, choice } of required)
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

/** What there is to look at in the objects of a type. */
interface Shape {
  readonly type: string;
  /** Those with members of their own, and those of a choice. */
  readonly members: ReadonlyMap<string, Member>;
  readonly required: readonly Required[];
}

const shapes = new Map<string, Shape>();

function shapeOf(type: string): Shape {
  let shape = shapes.get(type);
  if (shape === undefined)
    shapes.set(type, (shape = { type, members: membersOf(type), required: requiredOf(type) }));
  return shape;
}

function membersOf(type: string): ReadonlyMap<string, Member> {
  const found = new Map<string, Member>();
  const add = (name: string, member: Member): void => {
    if (member.choice !== undefined || member.kind !== undefined) found.set(name, member);
  };
  for (const { name, types, isChoice, max } of typeDefinition(type)?.elements ?? []) {
    if (isChoice) for (const one of types) add(choiceName(name, one), { choice: name, ...kindOf(one) });
    else add(name, kindOf(types[0] ?? ''));
    // What is said of a primitive stands aside; of one that repeats, by places that must not shift.
    if (!isChoice && max === 1 && !typeDefinition(types[0] ?? '')) add(`_${name}`, { kind: 'Element' });
  }
  return found;
}

function choiceName(name: string, type: string): string {
  return name.slice(0, -3) + type.charAt(0).toUpperCase() + type.slice(1);
}

function kindOf(type: string): { kind?: string } {
  return typeDefinition(type) && type !== 'Resource' ? { kind: type } : {};
}

function requiredOf(type: string): readonly Required[] {
  return (typeDefinition(type)?.elements ?? [])
    .filter(({ min }) => min > 0)
    .map(({ name, isChoice }) => ({
      name,
      aside: `_${name}`,
      choice: isChoice ? name.slice(0, -3) : undefined,
    }));
}
