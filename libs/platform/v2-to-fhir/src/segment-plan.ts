import type { Repetition, Segment } from '#platform/hl7v2';
import { FieldScope, type Reading } from './field-scope.ts';
import { FieldPart, TextPart, type Part } from './part.ts';
import type { Step } from './path.ts';
import { RowPlan, rootOf, type Compiler } from './row-plan.ts';
import type { Row } from './tables.ts';
import { assume, type Draft, type Removal } from './tree.ts';

interface FieldRow {
  readonly row: RowPlan;
  readonly repeatingStep: number;
  /** The field beside whose repetitions it is written: what is said once of all values, `component[each].code`. */
  readonly beside: number | undefined;
  /** What goes when the field is null. */
  readonly removal: Removal | undefined;
}

/** The rows of one field that stand behind one another: they read its repetitions together. */
interface FieldRows {
  readonly name: string;
  readonly field: number | undefined;
  readonly rows: FieldRow[];
  speakOfAbsence: boolean;
}

/** A field of a segment while its rows are read. */
interface FieldReading {
  readonly source: Segment;
  readonly field: number;
  readonly repetitions: readonly Repetition[];
  /** What each repetition is read with, once it is. */
  readonly scopes: FieldScope[];
  /** The segment whose map this is, and its place among others. */
  readonly segment: Segment;
  readonly place: string;
  readonly reading: Reading;
}

/** A segment map, compiled. */
export class SegmentPlan {
  readonly #fields: readonly FieldRows[];

  constructor(table: string, rows: readonly Row[], compiler: Compiler) {
    const plans = rows.map((row) => new RowPlan(table, row, rootOf(table), compiler));
    this.#fields = byField(plans.map((row) => fieldRow(row, plans)));
  }

  /** Writes what the map says of a segment into a resource. */
  read(segment: Segment, draft: Draft, reading: Reading): void {
    const place = String(segment.index);
    for (const { name, field, rows, speakOfAbsence } of this.#fields) {
      if (field === undefined) {
        this.#readSegment(rows, segment, draft, reading);
        continue;
      }
      const source = name === segment.name ? segment : reading.companion(name);
      const repetitions = source?.field(field) ?? [];
      if (!source || (repetitions.length === 0 && !speakOfAbsence)) continue;
      const fieldReading = { source, field, repetitions, scopes: [], segment, place, reading };
      for (const row of rows) this.#readField(row, fieldReading, draft);
    }
  }

  /** Rows that are about the segment as such. */
  #readSegment(rows: readonly FieldRow[], segment: Segment, draft: Draft, reading: Reading): void {
    const scope = new FieldScope(segment, undefined, 0, new TextPart(undefined), reading);
    const place = { scope: String(segment.index), repetition: 0, repeatingStep: -1 };
    for (const { row } of rows)
      if (!row.test || row.test(scope)) row.write(scope.part, scope, draft.content, place);
  }

  #readField({ row, repeatingStep, beside, removal }: FieldRow, at: FieldReading, draft: Draft): void {
    const { repetitions, segment, place } = at;
    if (repetitions.length === 0 && !row.speaksOfAbsence) return;
    const times = beside === undefined ? Math.max(repetitions.length, 1) : segment.field(beside).length;
    for (let time = 0; time < times; time++) {
      const repetition = repetitions[beside === undefined ? time : 0];
      if (repetition?.isNull && removal && !draft.removed.includes(removal)) draft.removed.push(removal);
      const isValued = repetition !== undefined && !repetition.isNull && repetition.text !== '';
      if (!isValued && !row.speaksOfAbsence) continue;
      const part = isValued ? repetition : undefined;
      const scope = beside === undefined ? scopeAt(at, time, part) : scopeBeside(at, beside, time, part);
      if (row.test && !row.test(scope)) continue;
      const step = beside === undefined ? repeatingStep : 0;
      const wrote = row.write(scope.part, scope, draft.content, {
        scope: place,
        repetition: time,
        repeatingStep: step,
      });
      if (wrote && row.isAssumed) assume(draft, row.steps);
      // Where nothing repeats, the first that says something is the one.
      if (wrote && repeatingStep < 0 && beside === undefined && row.kind === 'path') return;
    }
  }
}

function byField(rows: readonly FieldRow[]): FieldRows[] {
  const groups: FieldRows[] = [];
  for (const row of rows) {
    const { name, field } = row.row.from;
    let group = groups.at(-1);
    if (group?.name !== name || group.field !== field)
      groups.push((group = { name, field, rows: [], speakOfAbsence: false }));
    group.rows.push(row);
    group.speakOfAbsence ||= row.row.speaksOfAbsence;
  }
  return groups;
}

function partOf(repetition: Repetition | undefined): Part {
  return repetition === undefined ? new TextPart(undefined) : new FieldPart(repetition);
}

function scopeAt(at: FieldReading, time: number, repetition: Repetition | undefined): FieldScope {
  return (at.scopes[time] ??= new FieldScope(at.source, at.field, time, partOf(repetition), at.reading));
}

function scopeBeside(
  at: FieldReading,
  field: number,
  time: number,
  repetition: Repetition | undefined,
): FieldScope {
  return new FieldScope(at.source, at.field, 0, partOf(repetition), at.reading, { field, repetition: time });
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
    beside: besideOf(row, plans),
    removal: row.isLiteral || row.kind !== 'path' ? undefined : removalOf(row, ofField),
  };
}

/** The field whose repetitions are the instances of what is labelled `each`, for the rows of other fields. */
function besideOf(row: RowPlan, plans: readonly RowPlan[]): number | undefined {
  if (row.steps[0]?.label !== 'each') return undefined;
  const main = plans.find(({ steps }) => steps[0]?.label === 'each' && steps[1]?.name.startsWith('value'));
  return main?.from.field === row.from.field ? undefined : main?.from.field;
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
  let at = steps.findLastIndex(({ isArray, isShared }) => isArray && !isShared);
  const isExtension = (step: Step | undefined): boolean => step?.name === 'extension' && !step.isShared;
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
