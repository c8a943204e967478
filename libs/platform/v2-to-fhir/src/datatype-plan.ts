import type { Reference } from './condition.ts';
import type { Part } from './part.ts';
import { RowPlan, rootOf, type Compiler, type Making } from './row-plan.ts';
import type { Row } from './tables.ts';
import type { Node, Place, Tree } from './tree.ts';

/** Makes a value of one v2 datatype into an R4 object, or into the text of a primitive. */
export interface DatatypePlan {
  make(part: Part, making: Making): Tree | string | undefined;
}

const place: Place = { scope: '', repetition: 0, repeatingStep: -1 };

/** A datatype map, compiled. */
export class TableDatatypePlan implements DatatypePlan {
  readonly #rows: readonly RowPlan[];

  constructor(table: string, rows: readonly Row[], compiler: Compiler) {
    const root = rootOf(table);
    this.#rows = rows.map((row) => new RowPlan(table, row, root, compiler));
  }

  make(part: Part, making: Making): Tree | string | undefined {
    const inside = new ComponentScope(part, making);
    const tree: Tree = new Map<string, Node>();
    let wanting: RowPlan[] | undefined;
    let text: string | undefined;
    for (const row of this.#rows) {
      const { component } = row.from;
      if (component !== undefined && !part.has(component)) {
        if (row.speaksOfAbsence) (wanting ??= []).push(row);
        continue;
      }
      if (row.test && !row.test(inside)) continue;
      const found = component === undefined ? part : part.inside(component);
      if (row.kind === 'value') text = row.text(found, inside) ?? text;
      else row.write(found, inside, tree, place);
    }
    if (text !== undefined) return text;
    // What is said of an empty component is said only of a value that has others.
    if (tree.size > 0 && wanting)
      for (const row of wanting) if (!row.test || row.test(inside)) row.write(part, inside, tree, place);
    return tree.size > 0 ? tree : undefined;
  }
}

/** Inside a value, `CWE.3` is its third component. */
class ComponentScope implements Making {
  readonly origin: Making['origin'];
  readonly zone: Making['zone'];
  readonly vocabulary: Making['vocabulary'];
  readonly #part: Part;
  readonly #outside: Making;

  constructor(part: Part, outside: Making) {
    this.#part = part;
    this.#outside = outside;
    this.origin = outside.origin;
    this.zone = outside.zone;
    this.vocabulary = outside.vocabulary;
  }

  value(reference: Reference): string | undefined {
    if (reference.isSegment) return this.#outside.value(reference);
    const { component } = reference;
    if (component === undefined) return this.#part.text();
    if (!this.#part.has(component)) return undefined;
    return this.#part.component(component) ?? this.#part.inside(component).text();
  }

  count(reference: Reference): number {
    return this.#outside.count(reference);
  }

  report(code: 'value' | 'code', component: number | undefined): void {
    this.#outside.report(code, component);
  }
}
