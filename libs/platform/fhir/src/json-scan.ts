/**
 * Reads JSON text without building objects: where a member begins and ends, how deep it nests, how many keys it has.
 * The scanner trusts nothing: on text that is not JSON it ends with a fault or with ranges that `JSON.parse` refuses.
 */
import { Fault } from './fault.ts';

/** https://www.rfc-editor.org/rfc/rfc8259 leaves the depth to the reader; Septum reads 64 levels. */
export const maxDepth = 64;

/** One member of an object: `text.slice(keyStart, valueEnd)` is `"key": value`, the quotes of the key included. */
export interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

export function malformed(what: string): Fault {
  return new Fault('malformed', `The body is not well-formed FHIR JSON: ${what}.`);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

export function skipSpace(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** The index after the string that opens at `at`. */
export function stringEnd(text: string, at: number): number {
  for (;;) {
    const end = text.indexOf('"', at + 1);
    if (end < 0) throw malformed('a string does not end');
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before--;
    if ((end - before) % 2 === 1) return end + 1;
    at = end;
  }
}

/** The string that the literal stands for. */
export function stringValue(literal: string): string {
  if (literal.indexOf('\\') < 0) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    throw malformed('a string has an unknown escape');
  }
}

/** The index after the value that begins at `at`; `room` is how many levels of nesting it may have. */
export function valueEnd(text: string, at: number, room = maxDepth): number {
  const first = text.charCodeAt(at);
  if (first === quote) return stringEnd(text, at);
  if (first !== openBrace && first !== openBracket) return scalarEnd(text, at);
  let depth = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = stringEnd(text, at);
      continue;
    }
    if (code === openBrace || code === openBracket) {
      if (++depth > room) throw malformed(`it nests deeper than ${maxDepth} levels; flatten it`);
    } else if (code === closeBrace || code === closeBracket) {
      if (--depth === 0) return at + 1;
    }
    at++;
  }
  throw malformed('an object or array does not end');
}

function scalarEnd(text: string, at: number): number {
  const start = at;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === comma || code === closeBrace || code === closeBracket || isSpace(code)) break;
  }
  if (at === start) throw malformed('a value is missing');
  return at;
}

/**
 * Calls `visit` with each property of the object that opens at `at`; `visit` returns the end of the property's value.
 * Answers the index after the object. Duplicate keys are a fault.
 */
export function eachMember(
  text: string,
  at: number,
  visit: (key: string, start: number, keyStart: number) => number,
): number {
  if (text.charCodeAt(at) !== openBrace) throw malformed('an object is expected');
  const keys: string[] = [];
  let manyKeys: Set<string> | undefined;
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === closeBrace) return at + 1;
  for (;;) {
    if (text.charCodeAt(at) !== quote) throw malformed('a property name is expected');
    const keyEnd = stringEnd(text, at);
    const key = stringValue(text.slice(at, keyEnd));
    if (manyKeys ? manyKeys.has(key) : keys.includes(key))
      throw malformed('an object has the same property twice; remove one');
    if (manyKeys) manyKeys.add(key);
    else if (keys.push(key) > 16) manyKeys = new Set(keys);
    const separator = skipSpace(text, keyEnd);
    if (text.charCodeAt(separator) !== colon) throw malformed('a colon is expected after a property name');
    at = skipSpace(text, visit(key, skipSpace(text, separator + 1), at));
    const next = text.charCodeAt(at);
    if (next === closeBrace) return at + 1;
    if (next !== comma) throw malformed('a comma is expected between properties');
    at = skipSpace(text, at + 1);
  }
}

/** The members of the object that opens at `at`, in order. */
export function members(text: string, at: number): Member[] {
  const found: Member[] = [];
  eachMember(text, at, (key, start, keyStart) => {
    const end = valueEnd(text, start, maxDepth - 1);
    found.push({ key, keyStart, valueStart: start, valueEnd: end });
    return end;
  });
  return found;
}

/** Calls `visit` with the start of each item of the array that opens at `at`; `visit` returns the item's end. */
export function items(text: string, at: number, visit: (start: number, index: number) => number): number {
  if (text.charCodeAt(at) !== openBracket) throw malformed('an array is expected');
  at = skipSpace(text, at + 1);
  if (text.charCodeAt(at) === closeBracket) return at + 1;
  for (let index = 0; ; index++) {
    at = skipSpace(text, visit(at, index));
    const next = text.charCodeAt(at);
    if (next === closeBracket) return at + 1;
    if (next !== comma) throw malformed('a comma is expected between items');
    at = skipSpace(text, at + 1);
  }
}

export interface Shape {
  /** How many property names there are in the whole text. */
  readonly keys: number;
  readonly hasSpace: boolean;
}

/** One pass over the whole text: refuses depth over 64, counts keys, sees whether there is space to take out. */
export function shape(text: string): Shape {
  let keys = 0;
  let depth = 0;
  let hasSpace = false;
  const length = text.length;
  for (let at = 0; at < length;) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = stringEnd(text, at);
      continue;
    }
    if (code === colon) keys++;
    else if (code === openBrace || code === openBracket) {
      if (++depth > maxDepth) throw malformed(`it nests deeper than ${maxDepth} levels; flatten it`);
    } else if (code === closeBrace || code === closeBracket) depth--;
    else if (isSpace(code)) hasSpace = true;
    at++;
  }
  return { keys, hasSpace };
}

/** The same JSON without space between its tokens; strings and numbers keep every character. */
export function withoutSpace(text: string): string {
  let compact = '';
  let kept = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === quote) at = stringEnd(text, at);
    else if (isSpace(code)) {
      compact += text.slice(kept, at);
      at = skipSpace(text, at);
      kept = at;
    } else at++;
  }
  return compact + text.slice(kept);
}
