import type { Delimiters } from './delimiters.ts';
import type { ByteReader } from './escapes.ts';
import { presenceOf, Repetition, type Presence } from './repetition.ts';

/** What the segments of one message have in common. */
export interface SegmentContext {
  readonly delimiters: Delimiters;
  readonly readBytes: ByteReader;
}

const nothing: readonly Repetition[] = [];

/** One segment, split into fields when the first of them is asked for. */
export class Segment {
  readonly name: string;
  /** As it stands in the message, without its end: what an unknown or Z segment is kept as. */
  readonly text: string;
  /** Its place in the message, from 0. */
  readonly index: number;
  /** Which of the segments of its name it is, from 1. */
  readonly occurrence: number;
  readonly #context: SegmentContext;
  #texts: readonly string[] | undefined;
  readonly #fields: (readonly Repetition[])[] = [];

  constructor(name: string, text: string, index: number, occurrence: number, context: SegmentContext) {
    this.name = name;
    this.text = text;
    this.index = index;
    this.occurrence = occurrence;
    this.#context = context;
  }

  /** How many fields the segment has, empty ones included. */
  get length(): number {
    return this.#split().length - 1;
  }

  /** The repetitions of a field, from 1; `[]` when it is empty. MSH-1 is the separator, MSH-2 is never split. */
  field(number: number): readonly Repetition[] {
    return (this.#fields[number] ??= this.#read(number));
  }

  /** The value of the first repetition; `undefined` when it is empty or null. */
  value(field: number, component = 1, subcomponent = 1): string | undefined {
    return this.field(field)[0]?.value(component, subcomponent);
  }

  /** Whether the field is valued, null or absent. */
  presence(field: number): Presence {
    return presenceOf(this.#split()[field] ?? '');
  }

  #read(number: number): readonly Repetition[] {
    const text = number > 0 ? this.#split()[number] : undefined;
    if (text === undefined || text === '') return nothing;
    const { delimiters, readBytes } = this.#context;
    if (number <= 2 && isHeader(this.name)) return [new Repetition(text, verbatim, readBytes)];
    const texts = text.indexOf(delimiters.repetition) < 0 ? [text] : text.split(delimiters.repetition);
    return texts.map((repetition) => new Repetition(repetition, delimiters, readBytes));
  }

  /** The fields' texts, numbered as the standard does: the name is 0. */
  #split(): readonly string[] {
    if (this.#texts) return this.#texts;
    const texts = this.text.split(this.#context.delimiters.field);
    if (isHeader(this.name)) texts.splice(1, 0, this.#context.delimiters.field);
    return (this.#texts = texts);
  }
}

/** The segments that begin with their own delimiters. */
function isHeader(name: string): boolean {
  return name === 'MSH' || name === 'BHS' || name === 'FHS';
}

const verbatim: Delimiters = {
  field: '',
  component: '',
  repetition: '',
  escape: '',
  subcomponent: '',
  truncation: '',
};
