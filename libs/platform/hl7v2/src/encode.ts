import { encodingCharacters, usualDelimiters, type Delimiters } from './delimiters.ts';
import { escape } from './escapes.ts';
import { explicitNull } from './repetition.ts';
import { isSegmentName } from './segment-texts.ts';

/** A value before escaping. `null` is the explicit null, an empty or undefined one is left out. */
export type Value = string | null | undefined;
/** A component: its value, or those of its subcomponents. */
export type ComponentContent = Value | readonly Value[];
/** A field, or a repetition of one: its value, or its components. */
export type RepetitionContent = Value | readonly ComponentContent[];
export type FieldContent = RepetitionContent | Repeated;

/**
 * A segment: `['PID', '1', undefined, ['4711', '', '', ['HOSPITAL', '1.2.3', 'ISO']]]`, or its text as it is, such as
 * `segment.text` of a message with the same delimiters. Of MSH the first field given is MSH-3: MSH-1 and MSH-2 are written
 * by themselves.
 */
export type SegmentContent = string | readonly [name: string, ...fields: FieldContent[]];

/** Several repetitions of a field. Made by `repeated`, since an array alone means components. */
export class Repeated {
  readonly repetitions: readonly RepetitionContent[];

  constructor(repetitions: readonly RepetitionContent[]) {
    this.repetitions = repetitions;
  }
}

export function repeated(...repetitions: readonly RepetitionContent[]): Repeated {
  return new Repeated(repetitions);
}

/** The message's text, every segment ended by a carriage return; values are escaped, empty ends left out. */
export function encodeMessage(segments: readonly SegmentContent[], delimiters = usualDelimiters): string {
  return segments.map((segment) => `${encodeSegment(segment, delimiters)}\r`).join('');
}

function encodeSegment(segment: SegmentContent, delimiters: Delimiters): string {
  const text = typeof segment === 'string' ? segment : encodeFields(segment, delimiters);
  if (!isSegmentName(text.slice(0, 3)) || text.includes('\r'))
    throw new Error(
      'A segment begins with a name of three capitals or digits and has no carriage return. Give one segment at a time.',
    );
  return text;
}

function encodeFields(
  [name, ...fields]: readonly [string, ...FieldContent[]],
  delimiters: Delimiters,
): string {
  const texts = fields.map((field) => encodeField(field, delimiters));
  if (name === 'MSH') texts.unshift(encodingCharacters(delimiters));
  return joined([name, ...texts], delimiters.field);
}

function encodeField(field: FieldContent, delimiters: Delimiters): string {
  if (!(field instanceof Repeated)) return encodeRepetition(field, delimiters);
  const { repetition } = delimiters;
  return joined(
    field.repetitions.map((one) => encodeRepetition(one, delimiters)),
    repetition,
  );
}

function encodeRepetition(content: RepetitionContent, delimiters: Delimiters): string {
  if (!isList(content)) return encodeValue(content, delimiters);
  return joined(
    content.map((component) => encodeComponent(component, delimiters)),
    delimiters.component,
  );
}

function encodeComponent(content: ComponentContent, delimiters: Delimiters): string {
  if (!isList(content)) return encodeValue(content, delimiters);
  return joined(
    content.map((value) => encodeValue(value, delimiters)),
    delimiters.subcomponent,
  );
}

function encodeValue(value: Value, delimiters: Delimiters): string {
  if (value === null) return explicitNull;
  // Two quotation marks that are meant as such must not delete anything.
  if (value === explicitNull) return `${delimiters.escape}X2222${delimiters.escape}`;
  return escape(value ?? '', delimiters);
}

function joined(texts: readonly string[], separator: string): string {
  const used = texts.slice(0, texts.findLastIndex((text) => text !== '') + 1);
  if (separator === '' && used.length > 1)
    throw new Error('These delimiters cannot separate subcomponents. Use four encoding characters.');
  return used.join(separator);
}

function isList<T>(content: T | readonly T[]): content is readonly T[] {
  return Array.isArray(content);
}
