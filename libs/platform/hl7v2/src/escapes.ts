/**
 * Escape sequences, version 2.8.2 chapter 2.7. Reading gives plain text: formatting becomes line breaks and spaces,
 * highlighting goes, and so do `\C…\` back to ASCII. What is unknown, or defined by agreement (`\Z…\`), stays as it is written, so that nothing is lost.
 */
import { isAscii } from 'node:buffer';
import type { Delimiters } from './delimiters.ts';
import { Hl7Fault } from './hl7-fault.ts';
import { decodePairs } from './iso-2022-sets.ts';

/** What the bytes of `\X…\` mean; `undefined` leaves the sequence as it is. */
export type ByteReader = (bytes: Uint8Array) => string | undefined;

/** Reads ASCII and nothing else. */
export const asciiBytes: ByteReader = (bytes) =>
  isAscii(bytes) ? Buffer.from(bytes).toString('latin1') : undefined;

/** The text that a value stands for. */
export function unescape(text: string, delimiters: Delimiters, readBytes: ByteReader = asciiBytes): string {
  const { escape } = delimiters;
  if (escape === '') return text;
  let open = text.indexOf(escape);
  if (open < 0) return text;
  let plain = '';
  let done = 0;
  while (open >= 0) {
    const close = text.indexOf(escape, open + 1);
    if (close < 0) break;
    const content = text.slice(open + 1, close);
    const meaning = meaningOf(content, delimiters, readBytes);
    const pairSet = meaning === undefined ? pairSets[content] : undefined;
    const stop = text.indexOf(escape, close + 1);
    const pairs =
      pairSet && decodePairs(pairSet, Buffer.from(text.slice(close + 1, stop < 0 ? undefined : stop)));
    if (pairs !== undefined) {
      plain += text.slice(done, open) + pairs;
      done = stop < 0 ? text.length : stop;
      open = stop;
    } else if (meaning !== undefined) {
      plain += text.slice(done, open) + meaning;
      done = close + 1;
      open = text.indexOf(escape, done);
    } else {
      // A Z sequence is one; elsewhere an escape character was probably meant as itself, and the next one may open a sequence.
      open = content.startsWith('Z') ? stop : close;
    }
  }
  return plain + text.slice(done);
}

/** `\M…\` with what ISO 2022 announces these sets by; what follows, up to the next sequence, is in pairs of ASCII characters. */
const pairSets: Readonly<Record<string, 'jis-0208' | 'jis-0212'>> = {
  M2440: 'jis-0208',
  M2442: 'jis-0208',
  M242844: 'jis-0212',
};

function meaningOf(content: string, delimiters: Delimiters, readBytes: ByteReader): string | undefined {
  switch (content) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'T':
      return delimiters.subcomponent || undefined;
    case 'R':
      return delimiters.repetition;
    case 'E':
      return delimiters.escape;
    case 'P':
      return delimiters.truncation || undefined;
    case 'H':
    case 'N':
    case 'C2842':
    case 'C284A':
      return '';
    default:
      if (content.startsWith('.')) return formattingOf(content);
      return content.startsWith('X') ? hexadecimalOf(content, readBytes) : undefined;
  }
}

const formatting = /^\.(br|sp|sk|ce|fi|nf|in|ti)(?: ?([+-]?\d{1,2}))?$/;

function formattingOf(content: string): string | undefined {
  const [, command, count = '1'] = formatting.exec(content) ?? [];
  if (command === undefined) return undefined;
  if (command === 'br' || command === 'ce') return '\n';
  if (command === 'sp') return '\n'.repeat(Math.abs(Number(count)));
  return command === 'sk' ? ' '.repeat(Math.abs(Number(count))) : '';
}

function hexadecimalOf(content: string, readBytes: ByteReader): string | undefined {
  return /^X(?:[0-9A-Fa-f]{2})+$/.test(content) ? readBytes(Buffer.from(content.slice(1), 'hex')) : undefined;
}

/** The text as it goes into a field, component or subcomponent. A line feed becomes `\.br\`, other control characters `\X…\`. */
export function escape(text: string, delimiters: Delimiters): string {
  const { escape } = delimiters;
  let written = '';
  let done = 0;
  for (let at = 0; at < text.length; at++) {
    const name = escapeName(text.charCodeAt(at), text.charAt(at), delimiters);
    if (name === undefined) continue;
    if (escape === '')
      throw new Hl7Fault(
        '207',
        'A value needs escaping, and these delimiters have no escape character. Use four encoding characters.',
      );
    written += text.slice(done, at) + escape + name + escape;
    done = at + 1;
  }
  return written + text.slice(done);
}

function escapeName(code: number, character: string, delimiters: Delimiters): string | undefined {
  if (code === 0x0a) return '.br';
  if (code < 0x20 || code === 0x7f) return `X${code.toString(16).toUpperCase().padStart(2, '0')}`;
  switch (character) {
    case delimiters.field:
      return 'F';
    case delimiters.component:
      return 'S';
    case delimiters.repetition:
      return 'R';
    case delimiters.escape:
      return 'E';
    case delimiters.subcomponent:
      return 'T';
    case delimiters.truncation:
      return 'P';
    default:
      return undefined;
  }
}
