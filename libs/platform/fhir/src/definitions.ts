/**
 * What HL7 publishes about R4, as `tools/definitions/make.mjs` condensed it. Read once, on first use.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';

export interface ElementDefinition {
  /** As in the definition: `name`, `value[x]`. */
  readonly name: string;
  readonly min: number;
  /** `Infinity` when there is no bound. */
  readonly max: number;
  /** Type names; a backbone element is a type of its own, named by its path: `Patient.contact`. */
  readonly types: readonly string[];
  readonly isChoice: boolean;
  /** Resource types that a Reference may lead to; absent: any. */
  readonly targets?: readonly string[];
  /** The value set of a required binding. */
  readonly valueSet?: string;
}

export interface TypeDefinition {
  readonly name: string;
  readonly kind: 'resource' | 'datatype' | 'backbone';
  readonly isAbstract: boolean;
  readonly elements: readonly ElementDefinition[];
}

/** A search parameter of one type, with the part of its expression that speaks of that type. */
export interface SearchParameterDefinition {
  readonly code: string;
  readonly type:
    'token' | 'string' | 'date' | 'reference' | 'uri' | 'number' | 'quantity' | 'composite' | 'special';
  readonly expression?: string;
  readonly targets?: readonly string[];
  readonly components?: readonly { readonly url: string; readonly expression: string }[];
  readonly url: string;
}

type ElementRow = [string, number, number, string[], { targets?: string[]; codes?: string }?];
type TypeRow = { kind: TypeDefinition['kind']; abstract?: true; elements: ElementRow[] };

function definitionsFolder(): string {
  return join(packageRoot(import.meta.url), 'libs/platform/fhir/definitions');
}

function readDefinitions<T>(name: string): Record<string, T> {
  return JSON.parse(readFileSync(join(definitionsFolder(), name), 'utf8')) as Record<string, T>;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function elementDefinition([name, min, max, types, details]: ElementRow): ElementDefinition {
  const isChoice = name.endsWith('[x]');
  const bound = max === 0 ? Infinity : max;
  const targets = details?.targets ? { targets: details.targets } : {};
  const valueSet = details?.codes ? { valueSet: details.codes } : {};
  return { name, min, max: bound, types, isChoice, ...targets, ...valueSet };
}

const types = once(() => {
  const byName = new Map<string, TypeDefinition>();
  for (const [name, row] of Object.entries(readDefinitions<TypeRow>('types.json'))) {
    const elements = row.elements.map(elementDefinition);
    byName.set(name, { name, kind: row.kind, isAbstract: row.abstract ?? false, elements });
  }
  return byName;
});

const primitives = once(() => readDefinitions<string>('primitives.json'));
const codes = once(() => readDefinitions<Record<string, string[]> | null>('codes.json'));
const parameters = once(() => readDefinitions<SearchParameterDefinition[]>('search-parameters.json'));
const compartments = once(() => readDefinitions<Record<string, string[]>>('compartments.json'));

const files = ['types.json', 'primitives.json', 'codes.json', 'search-parameters.json', 'compartments.json'];

const setHash = once(() => {
  const hash = createHash('sha256');
  for (const name of files) hash.update(readFileSync(join(definitionsFolder(), name)));
  return hash.digest('hex').slice(0, 16);
});

/** Names the definitions by their content: what a row says it was validated and indexed by. */
export function definitionSet(): string {
  return setHash();
}

export function typeDefinition(name: string): TypeDefinition | undefined {
  return types().get(name);
}

/** The pattern HL7 gives for a primitive type; empty when it gives none; undefined when there is no such type. */
export function primitivePattern(name: string): string | undefined {
  return primitives()[name];
}

/** The codes of a required value set by system; null when it cannot be enumerated. */
export function valueSetCodes(url: string): Readonly<Record<string, readonly string[]>> | null {
  return codes()[url] ?? null;
}

/** As defined for exactly this type, or for `Resource`: nothing is inherited here. */
export function parametersDefinedFor(type: string): readonly SearchParameterDefinition[] {
  return parameters()[type] ?? [];
}

/** The codes of the parameters that put a resource of this type into a patient's compartment; empty: never in one. */
export function patientCompartmentParameters(type: string): readonly string[] {
  return compartments()['Patient']?.[type] ?? [];
}

/** Every concrete resource type of R4, in alphabetical order. https://hl7.org/fhir/R4/resourcelist.html */
export const resourceTypes: readonly string[] = [...types().values()]
  .filter((type) => type.kind === 'resource' && !type.isAbstract)
  .map((type) => type.name);

const resourceTypeSet: ReadonlySet<string> = new Set(resourceTypes);

export function isResourceType(name: string): boolean {
  return resourceTypeSet.has(name);
}
