/**
 * Validators, compiled once per type from the definitions: structure, cardinality, choice types, primitives, required
 * bindings, the types that references lead to. https://hl7.org/fhir/R4/validation.html
 */
import { bindingCheck, type BindingCheck } from './binding-check.ts';
import { isResourceType, typeDefinition, type ElementDefinition } from './definitions.ts';
import { primitiveCheck, type PrimitiveCheck } from './primitives.ts';
import { parseReference } from './reference-value.ts';
import type { ValidationRun } from './validation-run.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One property that an object of a type may have. */
interface Property {
  readonly element: number;
  readonly isArray: boolean;
  /** Of a complex value; absent for a primitive. */
  readonly type?: CompiledType;
  readonly primitive?: PrimitiveCheck;
  readonly binding?: BindingCheck | undefined;
  readonly targets?: ReadonlySet<string> | undefined;
}

interface Requirement {
  readonly name: string;
  readonly isChoice: boolean;
  readonly isRequired: boolean;
  readonly max: number;
}

const compiledTypes = new Map<string, CompiledType>();

/** The validator of a resource or data type. */
export function compiledType(name: string): CompiledType {
  let compiled = compiledTypes.get(name);
  if (!compiled) {
    compiled = new CompiledType(name);
    compiledTypes.set(name, compiled);
  }
  return compiled;
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export class CompiledType {
  readonly name: string;
  private properties: Map<string, Property> | undefined;
  private requirements: readonly Requirement[] = [];
  /** Indexes of the elements that must be there. */
  private required: readonly number[] = [];
  private hasChoices = false;

  constructor(name: string) {
    this.name = name;
  }

  /** On first use, not before: types refer to each other in circles. */
  private compile(): Map<string, Property> {
    const properties = new Map<string, Property>();
    const elements = typeDefinition(this.name)!.elements;
    this.requirements = elements.map(({ name, min, max, isChoice }) => ({
      name: isChoice ? name.slice(0, -3) : name,
      isChoice,
      isRequired: min > 0,
      max,
    }));
    this.required = elements.flatMap((element, index) => (element.min > 0 ? [index] : []));
    this.hasChoices = elements.some((element) => element.isChoice);
    for (const [index, element] of elements.entries()) {
      const stem = element.isChoice ? element.name.slice(0, -3) : element.name;
      for (const type of element.types) {
        properties.set(
          element.isChoice ? stem + capitalised(type) : stem,
          this.property(element, index, type),
        );
      }
    }
    this.properties = properties;
    return properties;
  }

  private property(element: ElementDefinition, index: number, type: string): Property {
    const primitive = primitiveCheck(type);
    const binding = element.valueSet ? bindingCheck(element.valueSet, type) : undefined;
    const targets = type === 'Reference' && element.targets ? new Set(element.targets) : undefined;
    const isArray = element.max > 1;
    if (primitive) return { element: index, isArray, primitive, binding };
    return { element: index, isArray, type: compiledType(type), binding, targets };
  }

  /** `isRoot`: `resourceType` is a property of resources only. */
  check(value: unknown, run: ValidationRun, isResource: boolean): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      run.report('structure', 'This element is a JSON object.');
      return;
    }
    const properties = this.properties ?? this.compile();
    const fields = value as Fields;
    const seen: (string | undefined)[] | undefined = this.hasChoices ? [] : undefined;
    let count = 0;
    for (const key in fields) {
      count++;
      const property = properties.get(key);
      if (property) {
        run.path.push(key);
        this.checkProperty(property, fields[key], key, fields, run);
        run.path.pop();
        if (seen) this.noteChoice(seen, property, key, run);
      } else if (key.charCodeAt(0) === 0x5f && properties.get(key.slice(1))?.primitive) {
        this.checkSibling(properties.get(key.slice(1))!, key, fields, run);
        if (seen) this.noteChoice(seen, properties.get(key.slice(1))!, key.slice(1), run);
      } else if (!(isResource && key === 'resourceType')) {
        run.reportAt(key, 'structure', `Remove this property: ${this.name} has none of this name in R4.`);
      }
    }
    if (count === 0) run.report('structure', 'Remove this element or fill it: an object may not be empty.');
    for (const index of this.required) this.checkRequired(index, fields, seen, run);
    if (this.name === 'Extension' && count > 0) checkExtension(fields, run);
  }

  private noteChoice(
    seen: (string | undefined)[],
    property: Property,
    key: string,
    run: ValidationRun,
  ): void {
    const { isChoice, name } = this.requirements[property.element]!;
    const before = seen[property.element];
    if (isChoice && before !== undefined && before !== key) {
      run.reportAt(name, 'structure', `Keep one: ${name}[x] has a value of only one type.`);
    }
    seen[property.element] = key;
  }

  private checkRequired(
    index: number,
    fields: Fields,
    seen: (string | undefined)[] | undefined,
    run: ValidationRun,
  ): void {
    const { name, isChoice } = this.requirements[index]!;
    const present = isChoice
      ? seen?.[index] !== undefined
      : fields[name] !== undefined || fields[`_${name}`] !== undefined;
    if (!present)
      run.reportAt(name, 'required', `Add ${isChoice ? `${name}[x]` : name}: ${this.name} requires it.`);
  }

  private checkProperty(
    property: Property,
    value: unknown,
    key: string,
    fields: Fields,
    run: ValidationRun,
  ): void {
    if (!property.isArray) {
      if (Array.isArray(value))
        run.report('structure', 'Send one value, not an array: this element does not repeat.');
      else this.checkValue(property, value, run);
      return;
    }
    if (!Array.isArray(value)) {
      run.report('structure', 'Send an array: this element repeats.');
      return;
    }
    if (value.length === 0)
      run.report('structure', 'Remove this element or fill it: an array may not be empty.');
    const { max } = this.requirements[property.element]!;
    if (value.length > max) run.report('structure', `At most ${max} of this element.`);
    const siblings = property.primitive ? fields[`_${key}`] : undefined;
    for (let index = 0; index < value.length && !run.isFull; index++) {
      const item: unknown = value[index];
      if (item === null && Array.isArray(siblings) && siblings[index] != null) continue;
      run.path.push(index);
      this.checkValue(property, item, run);
      run.path.pop();
    }
  }

  private checkValue(property: Property, value: unknown, run: ValidationRun): void {
    const { primitive, type } = property;
    if (primitive) {
      const expected = primitive(value);
      if (expected !== undefined) {
        run.report(
          'value',
          value === null ? 'Remove this element: null is no value.' : `This must be ${expected}.`,
        );
        return;
      }
    } else if (type!.name === 'Resource') {
      checkResource(value, run);
      return;
    } else {
      const before = run.issues.length;
      type!.check(value, run, false);
      if (run.issues.length > before) return;
      if (property.targets) checkTarget(property.targets, value as Fields, run);
    }
    property.binding?.(value, run);
  }

  /** The extensions of a primitive. https://hl7.org/fhir/R4/json.html#primitive */
  private checkSibling(property: Property, key: string, fields: Fields, run: ValidationRun): void {
    const value = fields[key];
    run.path.push(key.slice(1));
    if (!property.isArray) compiledType('Element').check(value, run, false);
    else if (!Array.isArray(value) || value.length === 0) {
      run.report('structure', `Send an array in ${key}: this element repeats.`);
    } else {
      const values = fields[key.slice(1)];
      if (Array.isArray(values) && values.length !== value.length) {
        run.report('structure', `Make ${key} as long as ${key.slice(1)}, with null where there is nothing.`);
      }
      for (const [index, item] of value.entries()) {
        run.path.push(index);
        if (item !== null) compiledType('Element').check(item, run, false);
        else if (!Array.isArray(values) || values[index] == null)
          run.report('structure', 'Remove this item: it has no value and no extension.');
        run.path.pop();
      }
    }
    run.path.pop();
  }
}

/** ext-1: https://hl7.org/fhir/R4/extensibility.html#Extension */
function checkExtension(fields: Fields, run: ValidationRun): void {
  const hasValue = Object.keys(fields).some((key) => key.startsWith('value') || key.startsWith('_value'));
  if (hasValue === (fields['extension'] !== undefined)) {
    run.report(
      'invariant',
      'An extension has either a value or extensions of its own, not both and not neither.',
    );
  }
}

/** A resource inside another, or at the root. */
export function checkResource(value: unknown, run: ValidationRun): void {
  const type = (value as Fields | null | undefined)?.['resourceType'];
  if (typeof type !== 'string' || !isResourceType(type)) {
    run.report('structure', 'A resource names its type in resourceType, one of R4.');
    return;
  }
  compiledType(type).check(value, run, true);
}

/** The type is checked, existence is not: a reference may lead to what a stopped part owns. */
function checkTarget(targets: ReadonlySet<string>, reference: Fields, run: ValidationRun): void {
  const literal = reference['reference'];
  const named = reference['type'];
  const type = typeof literal === 'string' ? parseReference(literal).type : undefined;
  if (type !== undefined && !targets.has(type)) {
    run.reportAt('reference', 'value', `This must lead to one of: ${[...targets].join(', ')}.`);
  }
  if (typeof named === 'string' && isResourceType(named) && !targets.has(named)) {
    run.reportAt('type', 'value', `This must be one of: ${[...targets].join(', ')}.`);
  } else if (typeof named === 'string' && type !== undefined && isResourceType(named) && named !== type) {
    run.reportAt('type', 'value', 'This must be the type that the reference itself names.');
  }
}
