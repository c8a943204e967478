import type { Segment } from '#platform/hl7v2';
import type { Reference } from './condition.ts';
import { FieldPart, TextPart, type Part } from './part.ts';
import type { Step } from './path.ts';
import { RowPlan, rootOf, type Compiler, type Making } from './row-plan.ts';
import type { Row } from './tables.ts';
import type { Draft, Origin, Removal } from './tree.ts';

/** What a segment is read with. */
export interface Reading {
  readonly zone: string;
  readonly vocabulary: Making['vocabulary'];
  /** The segment of another name that belongs with the one being read. */
  companion(name: string): Segment | undefined;
  report(code: 'value' | 'code', origin: Origin, component: number | undefined): void;
}

interface FieldRow {
  readonly row: RowPlan;
  readonly repeatingStep: number;
  /** What goes when the field is null. */
  readonly removal: Removal | undefined;
}

/** A segment map, compiled. */
export class SegmentPlan {
  readonly #rows: readonly FieldRow[];
  /** The field whose repetitions are the instances of what is labelled `each`. */
  readonly #eachField: number | undefined;

  constructor(table: string, rows: readonly Row[], compiler: Compiler) {
    const plans = rows.map((row) => new RowPlan(table, row, rootOf(table), compiler));
    this.#rows = plans.map((row) => fieldRow(row, plans));
    this.#eachField = plans.find(
      ({ steps }) => steps[0]?.label === 'each' && steps[1]?.name.startsWith('value'),
    )?.from.field;
  }

  /** Writes what the map says of a segment into a resource. */
  read(segment: Segment, draft: Draft, reading: Reading): void {
    for (const fieldRow of this.#rows) {
      const { row } = fieldRow;
      const { name, field } = row.from;
      if (field === undefined) {
        const scope = new FieldScope(segment, undefined, 0, new TextPart(undefined), reading);
        if (!row.test || row.test(scope))
          row.write(scope.part, scope, draft.content, this.#place(segment, 0, -1));
        continue;
      }
      const source = name === segment.name ? segment : reading.companion(name);
      if (source) this.#readField(fieldRow, source, field, segment, draft, reading);
    }
  }

  #readField(
    fieldRow: FieldRow,
    source: Segment,
    field: number,
    segment: Segment,
    draft: Draft,
    reading: Reading,
  ): void {
    const { row, repeatingStep, removal } = fieldRow;
    const repetitions = source.field(field);
    if (repetitions.length === 0 && !row.speaksOfAbsence) return;
    // What is said once of all values, `component[each].code`, is written beside each of them.
    const each = row.steps[0]?.label === 'each' && field !== this.#eachField ? this.#eachField : undefined;
    const times = each === undefined ? Math.max(repetitions.length, 1) : segment.field(each).length;
    for (let at = 0; at < times; at++) {
      const which = each === undefined ? at : 0;
      const repetition = repetitions[which];
      if (repetition?.isNull && removal && !draft.removed.includes(removal)) draft.removed.push(removal);
      const isValued = repetition !== undefined && !repetition.isNull && repetition.text !== '';
      if (!isValued && !row.speaksOfAbsence) continue;
      const part = isValued ? new FieldPart(repetition) : new TextPart(undefined);
      const beside = each === undefined ? undefined : { field: each, repetition: at };
      const scope = new FieldScope(source, field, which, part, reading, beside);
      if (row.test && !row.test(scope)) continue;
      const place = this.#place(segment, at, each === undefined ? repeatingStep : 0);
      const wrote = row.write(scope.part, scope, draft.content, place);
      // Where nothing repeats, the first that says something is the one.
      if (wrote && repeatingStep < 0 && each === undefined && row.kind === 'path') return;
    }
  }

  #place(
    segment: Segment,
    repetition: number,
    repeatingStep: number,
  ): { scope: string; repetition: number; repeatingStep: number } {
    return { scope: String(segment.index), repetition, repeatingStep };
  }
}

function fieldRow(row: RowPlan, plans: readonly RowPlan[]): FieldRow {
  const ofField = plans.filter(
    (other) => other.from.field === row.from.field && other.from.name === row.from.name,
  );
  const main = ofField.find((other) => !other.isLiteral && samePlace(other.steps[0], row.steps[0])) ?? row;
  const step = repeatingStepOf(main.steps);
  const isBeside = row.isLiteral && main !== row;
  const follows =
    row.steps.length > step &&
    row.steps.slice(0, step + 1).every((one, at) => samePlace(one, main.steps[at]));
  return {
    row,
    // A literal repeats with the value it stands beside, or is about all of them.
    repeatingStep: follows ? step : isBeside ? -1 : repeatingStepOf(row.steps),
    removal: row.isLiteral || row.kind !== 'path' ? undefined : removalOf(row, ofField),
  };
}

function samePlace(first: Step | undefined, second: Step | undefined): boolean {
  return first !== undefined && first.name === second?.name && first.label === second.label;
}

/** The element that repeats with the field: the innermost that can, before a reference leads elsewhere. */
function repeatingStepOf(steps: readonly Step[]): number {
  const away = steps.findIndex(({ leadsTo }) => leadsTo !== undefined);
  const near = away < 0 ? steps : steps.slice(0, away + 1);
  const innermost = innermostRepeating(near);
  return innermost >= 0 ? innermost : innermostRepeating(steps);
}

/** An extension repeats with all that is in it. */
function innermostRepeating(steps: readonly Step[]): number {
  let at = steps.findLastIndex(({ isArray, label }) => isArray && !label.startsWith('*'));
  const isExtension = (step: Step | undefined): boolean =>
    step?.name === 'extension' && !step.label.startsWith('*');
  while (isExtension(steps[at]) && isExtension(steps[at - 1])) at--;
  return at;
}

/** An element that does not repeat goes; of one that does, the instances that carry what the map marks them with. */
function removalOf(row: RowPlan, ofField: readonly RowPlan[]): Removal | undefined {
  const array = row.steps.findIndex(({ isArray, leadsTo }) => isArray || leadsTo !== undefined);
  const path = row.steps
    .slice(0, array < 0 ? undefined : array + 1)
    .map(({ name }) => name)
    .join('.');
  if (array < 0 || !row.steps[array]!.isArray) return { path };
  const marks = ofField.filter(
    (other) =>
      other.isLiteral && other.steps.length > array + 1 && samePlace(other.steps[array], row.steps[array]),
  );
  const match = Object.fromEntries(
    marks.map((mark) => [
      mark.steps
        .slice(array + 1)
        .map(({ name }) => name)
        .join('.'),
      mark.literal,
    ]),
  );
  if (marks.length > 0) return { path, match };
  return row.steps.length === array + 1 && path !== 'identifier' ? { path } : undefined;
}

/** From a repetition of a field, what conditions and maps may ask. */
class FieldScope implements Making {
  readonly origin: Origin | undefined;
  readonly part: Part;
  readonly #segment: Segment;
  readonly #field: number | undefined;
  readonly #repetition: number;
  readonly #reading: Reading;
  /** The value beside which this one is written: conditions on its field mean that repetition. */
  readonly #beside: { readonly field: number; readonly repetition: number } | undefined;

  constructor(
    segment: Segment,
    field: number | undefined,
    repetition: number,
    part: Part,
    reading: Reading,
    beside?: { readonly field: number; readonly repetition: number },
  ) {
    this.#segment = segment;
    this.#field = field;
    this.#repetition = repetition;
    this.part = part;
    this.#reading = reading;
    this.#beside = beside;
    this.origin =
      field === undefined
        ? undefined
        : `${segment.name}[${segment.occurrence}]-${field}${repetition === 0 ? '' : `[${repetition + 1}]`}`;
  }

  get zone(): string {
    return this.#reading.zone;
  }

  get vocabulary(): Making['vocabulary'] {
    return this.#reading.vocabulary;
  }

  value({ name, isSegment, field, component }: Reference): string | undefined {
    if (!isSegment) return component === undefined ? this.part.text() : this.part.component(component);
    const segment = name === this.#segment.name ? this.#segment : this.#reading.companion(name);
    if (field === undefined || segment === undefined) return segment && name;
    const repetition = segment.field(field)[segment === this.#segment ? this.#repetitionOf(field) : 0];
    if (!repetition || repetition.isNull) return undefined;
    return component === undefined
      ? (repetition.value(1) ?? repetition.literal())
      : (repetition.value(component) ?? repetition.literal(component));
  }

  #repetitionOf(field: number): number {
    if (field === this.#beside?.field) return this.#beside.repetition;
    return field === this.#field ? this.#repetition : 0;
  }

  count({ name, field }: Reference): number {
    const segment = name === this.#segment.name ? this.#segment : this.#reading.companion(name);
    return segment && field !== undefined ? segment.field(field).length : 0;
  }

  report(code: 'value' | 'code', component: number | undefined): void {
    if (this.origin) this.#reading.report(code, this.origin, component);
  }
}
