import { compileCondition, type Test } from './condition.ts';
import { builtins } from './builtins.ts';
import { TableDatatypePlan, type DatatypePlan } from './datatype-plan.ts';
import { compilePath, type Step } from './path.ts';
import type { Compiler } from './row-plan.ts';
import { SegmentPlan } from './segment-plan.ts';
import { leavesOf, type Leaf } from './structure.ts';
import type { CodeMap, MessageRow, Row, RowOrGap, Tables } from './tables.ts';

/** The first refers to the second by an element. */
export interface LinkPlan {
  readonly from: string;
  readonly steps: readonly Step[];
  readonly to: string;
}

/** What one row of a message table asks to be done with a segment. */
export interface Task {
  readonly label: string;
  readonly type: string;
  readonly plan: SegmentPlan;
  readonly test: Test | undefined;
  readonly links: readonly LinkPlan[];
  /** Whether each such segment makes a resource of its own, rather than adding to one. */
  readonly makes: boolean;
  /** The innermost group that all rows of the label are in: with it the resource begins anew. */
  readonly home: string | undefined;
}

/** A message table, compiled. */
export interface MessagePlan {
  readonly leaves: readonly Leaf[];
  tasks(path: string): readonly Task[];
}

const typeOf = (label: string): string => label.replace(/\[.*/, '');

/** Compiles tables on first use and keeps what it compiled. */
export class Plans implements Compiler {
  readonly #tables: Tables;
  readonly #datatypes = new Map<string, DatatypePlan>();
  readonly #segments = new Map<string, SegmentPlan>();
  readonly #messages = new Map<string, MessagePlan>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  message(structure: string): MessagePlan | undefined {
    const rows = this.#tables.messages[structure];
    if (!rows) return undefined;
    return kept(this.#messages, structure, () => this.#compileMessage(rows));
  }

  datatype(name: string): DatatypePlan {
    return kept(this.#datatypes, name, () => {
      const builtin = builtins[name];
      if (builtin) return builtin(this);
      // A map may use itself; it does so when it is run, not when it is made.
      const late: { plan?: DatatypePlan } = {};
      this.#datatypes.set(name, { make: (part, making) => late.plan?.make(part, making) });
      return (late.plan = new TableDatatypePlan(name, usable(this.#tables.datatypes[name], name), this));
    });
  }

  codeMap(name: string): CodeMap {
    const map = this.#tables.codeMaps[name];
    if (!map) throw new Error(`There is no code map ${name}: add it to the tables, or correct the row.`);
    return map;
  }

  segment(name: string): SegmentPlan {
    return kept(this.#segments, name, () => {
      const rows = usable(this.#tables.segments[name], name);
      return new SegmentPlan(name, rows, this);
    });
  }

  #compileMessage(rows: readonly MessageRow[]): MessagePlan {
    const byPath = new Map<string, Task[]>();
    const homes = homesOf(rows);
    const made = new Set<string>();
    for (const [, path, label, map, details = {}] of rows) {
      if (label === undefined || map === undefined || details.prose !== undefined) continue;
      const makes = !made.has(label);
      made.add(label);
      const task: Task = {
        label,
        type: typeOf(label),
        plan: this.segment(map),
        test: details.when && compileCondition(details.when),
        links: (details.links ?? []).map(([from, link, to]) => ({
          from,
          steps: linkSteps(from, link, to),
          to,
        })),
        makes,
        home: homes.get(label),
      };
      byPath.set(path, [...(byPath.get(path) ?? []), task]);
    }
    const none: readonly Task[] = [];
    return { leaves: leavesOf(rows.map(([, path]) => path)), tasks: (path) => byPath.get(path) ?? none };
  }
}

function linkSteps(from: string, path: string, to: string): readonly Step[] {
  return compilePath(path, typeOf(from)).map((step, at, all) =>
    at === all.length - 1 ? { ...step, label: to, isShared: false } : step,
  );
}

function homesOf(rows: readonly MessageRow[]): ReadonlyMap<string, string | undefined> {
  const homes = new Map<string, string[]>();
  for (const [, path, label] of rows) {
    if (label === undefined) continue;
    const groups = path.split('.').slice(0, -1);
    const home = homes.get(label) ?? groups;
    const differs = home.findIndex((group, at) => group !== groups[at]);
    homes.set(label, differs < 0 ? home : home.slice(0, differs));
  }
  return new Map([...homes].map(([label, groups]) => [label, groups.join('.') || undefined]));
}

/** The rows that can be run: not those that rest under a condition in prose. */
function usable(rows: readonly RowOrGap[] | undefined, name: string): Row[] {
  if (!rows)
    throw new Error(`There is no table ${name}: add it to the tables, or correct the row that names it.`);
  return rows.filter((row): row is Row => row.length > 1 && (row as Row)[3]?.prose === undefined);
}

function kept<T>(cache: Map<string, T>, name: string, make: () => T): T {
  const found = cache.get(name);
  if (found !== undefined) return found;
  const made = make();
  cache.set(name, made);
  return made;
}
