import { isResourceType, typeDefinition } from '#platform/fhir';

/** One step of a compiled path. */
export interface Step {
  /** The JSON member; `_name` where something is said about a primitive. */
  readonly name: string;
  readonly isArray: boolean;
  /** Tells instances of a repeating element apart, `1` where the table says nothing; what begins with `*` is one for all. */
  readonly label: string;
  /** Whether the label is one for all: it begins with `*`. */
  readonly isShared: boolean;
  /** The R4 type of the element; of a reference that is followed, the resource's. */
  readonly type: string;
  /** The type of resource that the reference leads into. */
  readonly leadsTo: string | undefined;
  /** What the element's code must be of, if it must. */
  readonly valueSet: string | undefined;
}

/** What several segments say of the same thing, though the tables do not number it. */
const sharedElements = new Set(['dosageInstruction', 'doseAndRate', 'dosage']);

const form = /^(\$?[a-z_]\w*)(?:\[([\w*-]+)\])?(?:\((\w+)\))?$/;

/** Compiles a path of the tables against R4's definitions, from a type. */
export function compilePath(text: string, root: string): readonly Step[] {
  const steps: Step[] = [];
  let type = root;
  const parts = text.split('.');
  parts.forEach((part, at) => {
    const [, name = '', label = sharedElements.has(name) ? '*' : '1', leadsTo] = form.exec(part) ?? [];
    const element = elementOf(type, name);
    if (!element) throw new Error(`${text}: R4 has no ${type}.${name}`);
    const isPrimitive = typeDefinition(element.type) === undefined;
    const inPrimitive = isPrimitive && at < parts.length - 1;
    type = leadsTo ?? (inPrimitive ? 'Element' : element.type);
    steps.push({
      name: inPrimitive ? `_${name}` : name,
      isArray: element.isArray,
      label,
      isShared: label.startsWith('*'),
      type,
      leadsTo: leadsTo !== undefined && isResourceType(leadsTo) ? leadsTo : undefined,
      valueSet: element.valueSet,
    });
  });
  return steps;
}

interface Element {
  readonly type: string;
  readonly isArray: boolean;
  readonly valueSet?: string;
}

function elementOf(type: string, name: string): Element | undefined {
  if (name === 'extension') return { type: 'Extension', isArray: true };
  for (const element of typeDefinition(type)?.elements ?? []) {
    const isArray = element.max > 1;
    const valueSet = element.valueSet === undefined ? {} : { valueSet: element.valueSet };
    if (element.name === name) return { type: element.types[0] ?? 'string', isArray, ...valueSet };
    if (!element.isChoice || !name.startsWith(element.name.slice(0, -3))) continue;
    const rest = name.slice(element.name.length - 3);
    const chosen = element.types.find((one) => one.charAt(0).toUpperCase() + one.slice(1) === rest);
    if (chosen) return { type: chosen, isArray, ...valueSet };
  }
  return undefined;
}
