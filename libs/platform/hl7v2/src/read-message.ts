import { tryDecode, undecodable, type CharacterSet } from './character-set.ts';
import { characterSet, namesCharacterSet } from './character-sets.ts';
import { readDelimiters } from './delimiters.ts';
import { Hl7Fault } from './hl7-fault.ts';
import { parseMessage, type Message } from './message.ts';
import { ascii } from './single-byte-sets.ts';
import { utf16, utf16Order, utf8 } from './unicode-sets.ts';

/** How many fields of a header may be MSH-18 at most, as characters with a delimiter in them move it on. */
const mostFieldsTried = 40;

export interface ReadMessage {
  readonly message: Message;
  /** What the message was written in, and answers to it should be. */
  readonly characterSet: CharacterSet;
}

/** Reads a message from its bytes. `fallback` is the character set of a message whose MSH-18 names none. */
export function readMessage(bytes: Uint8Array, fallback: CharacterSet = ascii): ReadMessage {
  const content = bytes.subarray(preambleLength(bytes));
  const set = characterSetOf(content, content.length === bytes.length || bytes[0] !== 0xef ? fallback : utf8);
  const message = parseMessage(set.decode(content), (escaped) => tryDecodeIn(set, escaped));
  return { message, characterSet: set };
}

/** A byte order mark of UTF-8 and empty lines in front. */
function preambleLength(bytes: Uint8Array): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (isLineEnd(bytes[at])) at++;
  return at;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0d || byte === 0x0a;
}

/**
 * Finds MSH-18 before anything is decoded. In some sets the second byte of a character may look like a delimiter, so what
 * is found is believed only when the header, decoded so, says the same.
 */
function characterSetOf(bytes: Uint8Array, fallback: CharacterSet): CharacterSet {
  const order = utf16Order(bytes);
  if (order) return utf16Set(bytes, order);
  const end = bytes.findIndex(isLineEnd);
  const header = end < 0 ? bytes : bytes.subarray(0, end);
  const text = Buffer.from(header).toString('latin1');
  const { field, repetition } = readDelimiters(text);
  const fields = text.split(field);
  const named = fields[17] ?? '';
  for (const candidate of new Set([named, ...fields.slice(2, mostFieldsTried), ''])) {
    const names = candidate.split(repetition);
    if (!names.every((name) => name === '' || namesCharacterSet(name))) continue;
    const set = candidate === '' ? fallback : characterSet(names);
    const decoded = tryDecodeIn(set, header);
    if (decoded !== undefined && (decoded.split(field)[17] ?? '') === candidate) return set;
  }
  if (named !== '') characterSet(named.split(repetition));
  throw undecodable();
}

/** The bytes' order says what they are; a header in UTF-16 can hardly say otherwise. */
function utf16Set(bytes: Uint8Array, order: 'big' | 'little'): CharacterSet {
  const start = tryDecode(`utf-16${order === 'big' ? 'be' : 'le'}`, bytes.subarray(0, bytes.length & ~1));
  const header = start?.replace(/^\uFEFF?[\r\n]*/, '').split(/[\r\n]/, 1)[0] ?? '';
  const named = header.split(readDelimiters(header).field)[17] ?? '';
  if (!['', 'UNICODE', 'UNICODE UTF-16', 'UTF-16'].includes(named)) throw undecodable();
  return utf16(order, named);
}

function tryDecodeIn(set: CharacterSet, bytes: Uint8Array): string | undefined {
  try {
    return set.decode(bytes);
  } catch (error) {
    if (error instanceof Hl7Fault) return undefined;
    throw error;
  }
}
