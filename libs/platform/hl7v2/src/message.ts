import { readDelimiters, type Delimiters } from './delimiters.ts';
import { asciiBytes, type ByteReader } from './escapes.ts';
import { Hl7Fault } from './hl7-fault.ts';
import { parseLocation, type Location } from './location.ts';
import type { Repetition } from './repetition.ts';
import { Segment } from './segment.ts';
import { isSegmentName, segmentTexts } from './segment-texts.ts';

const none: readonly Segment[] = [];

/** A message that was read. Fields are split when they are asked for. */
export class Message {
  readonly delimiters: Delimiters;
  readonly segments: readonly Segment[];
  readonly #byName: ReadonlyMap<string, readonly Segment[]>;

  constructor(delimiters: Delimiters, byName: ReadonlyMap<string, readonly Segment[]>, segments: Segment[]) {
    this.delimiters = delimiters;
    this.segments = segments;
    this.#byName = byName;
  }

  /** The message as the standard sends it: every segment as it came, ended by a carriage return. */
  get text(): string {
    return `${this.segments.map(({ text }) => text).join('\r')}\r`;
  }

  first(name: string): Segment | undefined {
    return this.all(name)[0];
  }

  all(name: string): readonly Segment[] {
    return this.#byName.get(name) ?? none;
  }

  /** The value at a path such as `PID-3.1`, `PID-3[2].4.1` or `OBX[3]-5`; `undefined` when it is empty or null. */
  at(path: string | Location): string | undefined {
    const location = typeof path === 'string' ? parseLocation(path) : path;
    return this.repetition(location)?.value(location.component, location.subcomponent);
  }

  /** The repetition at a path; `undefined` when the field has none there. */
  repetition(path: string | Location): Repetition | undefined {
    const {
      segment,
      occurrence,
      field,
      repetition = 1,
    } = typeof path === 'string' ? parseLocation(path) : path;
    return field === undefined ? undefined : this.all(segment)[occurrence - 1]?.field(field)[repetition - 1];
  }
}

/**
 * Reads a message. Faults are of its frame only (no MSH, unusable delimiters, a line that is no segment): what segments
 * and fields it must have is for its reader to say.
 */
export function parseMessage(input: string, readBytes: ByteReader = asciiBytes): Message {
  const text = withoutPreamble(input);
  const delimiters = readDelimiters(text);
  const context = { delimiters, readBytes };
  const segments: Segment[] = [];
  const byName = new Map<string, Segment[]>();
  for (const segmentText of segmentTexts(text, delimiters.field)) {
    const name = segmentName(segmentText, delimiters.field, segments.length);
    const named = byName.get(name) ?? [];
    if (named.length === 0) byName.set(name, named);
    const segment = new Segment(name, segmentText, segments.length, named.length + 1, context);
    segments.push(segment);
    named.push(segment);
  }
  if ((byName.get('MSH')?.length ?? 0) > 1)
    throw new Hl7Fault('100', 'There is more than one MSH segment. Send one message a frame.', {
      segment: 'MSH',
      occurrence: 2,
    });
  return new Message(delimiters, byName, segments);
}

/** Without a byte order mark and empty lines in front. */
function withoutPreamble(input: string): string {
  return input.replace(/^\uFEFF?[\r\n]*/, '');
}

function segmentName(text: string, fieldSeparator: string, index: number): string {
  const name = text.slice(0, 3);
  if (isSegmentName(name) && (text.length === 3 || text.charAt(3) === fieldSeparator)) return name;
  throw new Hl7Fault(
    '100',
    `Line ${index + 1} is no segment. Begin each with a name of three capitals or digits and the field separator, ` +
      'and escape line breaks within a value.',
  );
}
