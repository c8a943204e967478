/** Acknowledgements as version 2.8.2 has them in chapter 2.9: the text of one. */
import { encodingCharacters, readDelimiters, usualDelimiters, type Delimiters } from './delimiters.ts';
import { encodeMessage, repeated, type SegmentContent } from './encode.ts';
import { escape } from './escapes.ts';
import { errorCodes, type ErrorCode } from './hl7-fault.ts';
import { errorLocation, type Location } from './location.ts';
import type { Segment } from './segment.ts';

/**
 * Table 0008. `C…` tell whether the message is safely stored, `A…` what became of it; `.A` accepted, `.E` its content is
 * wrong, `.R` refused for another reason.
 */
export type AcknowledgementCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** What one ERR segment says. A fault is one. */
export interface MessageError {
  readonly code: ErrorCode;
  /** ERR-4: error unless told. */
  readonly severity?: 'E' | 'W' | 'I';
  readonly location?: Location | undefined;
  /** ERR-8, for people: says what to do, never quotes the message. */
  readonly message: string;
}

/** What an acknowledgement has of its own. */
export interface AcknowledgementOptions {
  readonly errors?: readonly MessageError[];
  /** MSH-10: unique among all that this installation sends; at most 20 characters, since older receivers take no more. */
  readonly controlId: string;
  /** MSH-7. */
  readonly now: Date;
}

/** The version of an acknowledgement to a message that has none, or none of version 2. */
const usualVersion = '2.5.1';
/** A field of the header that is longer than this is not repeated: nobody sends one, but somebody may try. */
const longestCopy = 1000;

/**
 * `header` is the MSH segment of the message, `undefined` when none could be read; what it lacks is left out. Sender and
 * receiver change places; version, processing id, character set and delimiters stay.
 */
export function acknowledge(
  header: Segment | undefined,
  code: AcknowledgementCode,
  options: AcknowledgementOptions,
): string {
  const { errors = [] } = options;
  const delimiters = header ? readDelimiters(header.text) : usualDelimiters;
  const version = header?.value(12) ?? '';
  const copy = (field: number) => copyOf(header, field, delimiters);
  const older = isBefore(version, 5);
  const text = (value: string) => escape(value, delimiters);
  const type = ['ACK', text(header?.value(9, 2) ?? ''), isBefore(version, 4) ? '' : 'ACK'];
  // An application acknowledgement that comes later is a message of its own, and wants no answer.
  const answer = code.startsWith('A') && isEnhanced(header) ? 'NE' : '';
  const msh = [
    'MSH',
    encodingCharacters(delimiters),
    copy(5),
    copy(6),
    copy(3),
    copy(4),
    timestamp(options.now),
    '',
    type.join(delimiters.component),
    text(options.controlId),
    copy(11) || 'P',
    isVersion2(version) ? copy(12) : usualVersion,
    '',
    '',
    answer,
    answer,
    '',
    copy(18),
  ];
  const msa = ['MSA', code, copy(10), older ? text(errors[0]?.message.slice(0, 80) ?? '') : ''];
  return encodeMessage(
    [
      ...[msh, msa].map((fields) => withoutEmptyEnd(fields).join(delimiters.field)),
      ...(older ? olderErrors(errors) : errors.map(errorSegment)),
    ],
    delimiters,
  );
}

/** Whether the sender asked for acknowledgements of the enhanced mode. */
export function isEnhanced(header: Segment | undefined): boolean {
  return header?.value(15) !== undefined || header?.value(16) !== undefined;
}

/** An ERR segment from version 2.5 on. */
function errorSegment({ code, severity = 'E', location, message }: MessageError): SegmentContent {
  const place = location ? errorLocation(location) : undefined;
  return ['ERR', undefined, place, coded(code), severity, undefined, undefined, undefined, message];
}

/** One ERR segment for all errors, as up to version 2.4: segment, occurrence, field, code. */
function olderErrors(errors: readonly MessageError[]): SegmentContent[] {
  if (errors.length === 0) return [];
  const places = errors.map(({ code, location }) => {
    const [segment, occurrence, field] = location ? errorLocation(location) : [];
    return [segment, occurrence, field, coded(code)];
  });
  return [['ERR', repeated(...places)]];
}

function coded(code: ErrorCode): [string, string, string] {
  return [code, errorCodes[code], 'HL70357'];
}

/** A field of the message as it stands there: the delimiters are the same, so it is not escaped again. */
function copyOf(header: Segment | undefined, field: number, delimiters: Delimiters): string {
  const text = (header?.field(field) ?? []).map((repetition) => repetition.text).join(delimiters.repetition);
  return text.length > longestCopy ? '' : text;
}

function withoutEmptyEnd(fields: readonly string[]): readonly string[] {
  return fields.slice(0, fields.findLastIndex((field) => field !== '') + 1);
}

function isVersion2(version: string): boolean {
  return /^2(\.\d){1,2}$/.test(version);
}

/** Whether it is a version 2 before 2.`minor`. */
function isBefore(version: string, minor: number): boolean {
  return isVersion2(version) && Number(version.charAt(2)) < minor;
}

/** To the second, in universal time. */
function timestamp(now: Date): string {
  return `${now.toISOString().replace(/\D/g, '').slice(0, 14)}+0000`;
}
