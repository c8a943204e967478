import type { Segment } from '#platform/hl7v2';
import type { Reference } from './condition.ts';
import type { Part } from './part.ts';
import type { Making } from './row-plan.ts';
import type { Origin } from './tree.ts';

/** What a segment is read with. */
export interface Reading {
  readonly zone: Making['zone'];
  readonly vocabulary: Making['vocabulary'];
  /** The segment of another name that belongs with the one being read. */
  companion(name: string): Segment | undefined;
  report(code: 'value' | 'code', origin: Origin, component: number | undefined): void;
}

/** From a repetition of a field, what conditions and maps may ask. */
export class FieldScope implements Making {
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

  get zone(): Making['zone'] {
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
