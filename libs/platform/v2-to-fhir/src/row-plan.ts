import { typeDefinition, valueSetCodes } from '#platform/fhir';
import { translateCodings, type Vocabulary } from './vocabulary.ts';
import {
  asksAbsence,
  compileCondition,
  parseReference,
  type Reference,
  type Scope,
  type Test,
} from './condition.ts';
import { converterTo, isPrimitive, lexicalDecimal } from './convert.ts';
import type { DatatypePlan } from './datatype-plan.ts';
import type { Part } from './part.ts';
import { compilePath, type Step } from './path.ts';
import type { CodeMap, Row } from './tables.ts';
import type { Zone } from './zone.ts';
import { Leaf, put, type Node, type Origin, type Place, type Tree, type Writer } from './tree.ts';

/** What is at hand while values are made. */
export interface Making extends Scope {
  readonly origin: Origin | undefined;
  readonly zone: Zone;
  readonly vocabulary: Vocabulary;
  /** Says that a value could not be used, never which. */
  report(code: 'value' | 'code', component: number | undefined): void;
}

/** What a plan is compiled with. */
export interface Compiler {
  datatype(name: string): DatatypePlan;
  codeMap(name: string): CodeMap;
}

/** The maps for elements whose rows name none. */
const usualMaps: Readonly<Record<string, string>> = {
  CodeableConcept: 'CWE[CodeableConcept]',
  Coding: 'CWE[Coding]',
  Identifier: 'CX[Identifier]',
  Quantity: 'CQ[Quantity]',
};

type Set = readonly (string | Reference)[];

/** One row of a table, compiled: where its value comes from and where it goes. */
export class RowPlan {
  readonly id: string;
  readonly from: Reference;
  readonly steps: readonly Step[];
  readonly test: Test | undefined;
  /** Whether what it writes yields to what is kept. */
  readonly isAssumed: boolean;
  /** Whether it says something because its field is empty. */
  readonly speaksOfAbsence: boolean;
  /** `$this`, `$value`, or a path. */
  readonly kind: 'this' | 'value' | 'path';
  readonly set: Set | undefined;
  /** Whether the row writes a literal and needs no value of its own. */
  readonly isLiteral: boolean;
  readonly last: Step | undefined;
  readonly #map: DatatypePlan | undefined;
  readonly #codes: CodeMap | undefined;
  readonly #allowed: ReadonlySet<string> | undefined;
  /** Where what a translated code brings along goes: `system` and `display` beside it. */
  readonly #besideCode: readonly { readonly steps: readonly Step[]; readonly of: 1 | 2 }[];
  readonly #parentType: string;
  /** The R4 type of what it writes. */
  readonly #type: string;
  readonly #isPrimitive: boolean;
  readonly #isText: boolean;
  /** Whether it writes the system of a code or an identifier, by its name in version 2. */
  readonly #namesSystem: boolean;
  readonly #convert: ReturnType<typeof converterTo>;
  readonly #writer: Writer;
  /** The value of a row that always says the same, once it is known. */
  #constant: Leaf['value'] | undefined;

  constructor(table: string, [line, from, to, details = {}]: Row, root: string, compiler: Compiler) {
    this.id = `${table}:${line}`;
    this.from =
      from === ''
        ? { name: '', isSegment: false, field: undefined, component: undefined }
        : parseReference(from);
    this.kind = to === '$this' ? 'this' : to === '$value' ? 'value' : 'path';
    this.steps = this.kind === 'path' ? compilePath(to, root) : [];
    this.last = this.steps.at(-1);
    this.test = details.when && compileCondition(details.when);
    this.isAssumed = details.assumed ?? false;
    this.speaksOfAbsence = asksAbsence(details.when, from);
    this.set = details.set?.map((part) => (part.startsWith('=') ? part.slice(1) : parseReference(part)));
    const { last } = this;
    const map = details.map ?? (last && !last.leadsTo && !this.set ? usualMaps[last.type] : undefined);
    this.#map = map === undefined || this.set ? undefined : compiler.datatype(map);
    this.#codes = details.codes === undefined ? undefined : compiler.codeMap(details.codes);
    this.#allowed = last?.valueSet === undefined ? undefined : codesOf(last.valueSet);
    this.#parentType = this.steps.at(-2)?.type ?? root;
    this.#besideCode =
      this.#codes && this.#parentType === 'Coding' && last?.name === 'code' ? besideCode(this.steps) : [];
    this.#type = last?.type ?? 'string';
    this.#isPrimitive = isPrimitive(this.#type);
    this.#isText = last?.type === 'string' || last?.type === 'markdown';
    this.#namesSystem = last?.name === 'system' && last.type === 'uri' && this.set === undefined;
    this.#convert = converterTo(this.#type);
    this.#writer = { row: this.id, component: this.from.isSegment ? undefined : this.from.component };
    this.isLiteral = this.set !== undefined && this.set.every((part) => typeof part === 'string');
  }

  /** The text of a literal row. */
  get literal(): string {
    return this.set?.join('') ?? '';
  }

  /** Writes what the row makes of a value; whether it wrote anything. */
  write(part: Part, making: Making, target: Tree, place: Place): boolean {
    const made = this.make(part, making);
    if (made === undefined) return false;
    if (this.kind === 'this') {
      if (!(made instanceof Map)) return false;
      for (const [name, node] of made) target.set(name, node);
      return true;
    }
    if (this.#isPrimitive && made instanceof Map) return false;
    if (this.#besideCode.length > 0 && made instanceof Leaf) this.#putBesideCode(part, making, target, place);
    put(target, this.steps, place, made);
    return true;
  }

  /** The node the row makes; undefined when there is nothing to say or it cannot be said. */
  make(part: Part, making: Making): Node | undefined {
    if (this.#constant !== undefined) return new Leaf(this.#constant, making.origin, this.#writer);
    if (this.set) return this.#leaf(joined(this.set, making), making);
    if (!this.#map) return this.#leaf(this.#textOf(part), making);
    const made = this.#map.make(part, making);
    if (typeof made === 'string') return this.#leaf(made, making);
    if (made && this.#codes) translateCodings(made, this.#codes, making.vocabulary);
    return made;
  }

  #textOf(part: Part): string | undefined {
    return this.#isText ? part.text() : part.component(1);
  }

  /** The text for a `$value` row, before it is a primitive of any type. */
  text(part: Part, making: Making): string | undefined {
    if (this.set) return joined(this.set, making);
    if (!this.#map) return part.text();
    const made = this.#map.make(part, making);
    return typeof made === 'string' ? made : undefined;
  }

  #leaf(text: string | undefined, making: Making): Leaf | undefined {
    if (text === undefined || !this.#isPrimitive) return undefined;
    const code = this.#code(text, making);
    const plain = this.#namesSystem && code !== undefined ? this.#system(code, making) : code;
    if (plain === undefined) return undefined;
    const value = this.#convert(plain, making.zone);
    if (value === undefined) {
      making.report('value', this.#writer.component);
      return undefined;
    }
    if (this.isLiteral && typeof value === 'string') this.#constant = value;
    const lexical = this.#type === 'decimal' ? lexicalDecimal(plain) : undefined;
    return new Leaf(value, making.origin, this.#writer, lexical);
  }

  /** Translated, and refused where R4 knows no such code. */
  #code(text: string, making: Making): string | undefined {
    const translated = this.#codes?.codes[text]?.[0] ?? text;
    if (this.#allowed === undefined || this.#allowed.has(translated)) return translated;
    making.report('code', this.#writer.component);
    return undefined;
  }

  /** Names of code systems and authorities become URIs. */
  #system(text: string, { vocabulary }: Making): string | undefined {
    return this.#parentType === 'Identifier' ? vocabulary.authority(text) : vocabulary.codeSystem(text);
  }

  /** A code that was translated brings its system and display along. */
  #putBesideCode(part: Part, making: Making, target: Tree, place: Place): void {
    const found = this.#codes?.codes[this.#textOf(part) ?? ''];
    for (const { steps, of } of this.#besideCode) {
      const value = found?.[of];
      if (value) put(target, steps, place, new Leaf(value, making.origin, this.#writer));
    }
  }
}

function besideCode(steps: readonly Step[]): { steps: readonly Step[]; of: 1 | 2 }[] {
  const beside = (name: string, type: string): Step[] => [
    ...steps.slice(0, -1),
    { name, isArray: false, label: '', isShared: false, type, leadsTo: undefined, valueSet: undefined },
  ];
  // A code map has the code, its display, its system.
  return [
    { steps: beside('system', 'uri'), of: 2 },
    { steps: beside('display', 'string'), of: 1 },
  ];
}

function joined(set: Set, scope: Scope): string {
  return set
    .map((part) => (typeof part === 'string' ? part : (scope.value(part) ?? '')))
    .join('')
    .trim();
}

const allowedCodes = new Map<string, ReadonlySet<string> | undefined>();

function codesOf(valueSet: string): ReadonlySet<string> | undefined {
  if (!allowedCodes.has(valueSet)) {
    const bySystem = valueSetCodes(valueSet);
    allowedCodes.set(valueSet, bySystem === null ? undefined : new Set(Object.values(bySystem).flat()));
  }
  return allowedCodes.get(valueSet);
}

/** The type of the object that `CX[Identifier]` or `PID[Patient]` fills. */
export function rootOf(table: string): string {
  const name = /\[([^\]-]*)/.exec(table)?.[1] ?? '';
  return isPrimitive(name) || typeDefinition(name) ? name : 'Element';
}
