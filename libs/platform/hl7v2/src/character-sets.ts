import type { CharacterSet } from './character-set.ts';
import { big5, gb18030 } from './chinese-sets.ts';
import { Hl7Fault } from './hl7-fault.ts';
import { iso2022Set } from './iso-2022-sets.ts';
import { ascii, isLatinPart, singleByteSet } from './single-byte-sets.ts';
import { utf16, utf8 } from './unicode-sets.ts';

const single = new Map<string, CharacterSet>([
  ['ASCII', ascii],
  ['ISO IR6', ascii],
  ['UNICODE', utf8],
  ['UNICODE UTF-8', utf8],
  ['UNICODE UTF-16', utf16('big')],
  ['GB 18030-2000', gb18030],
  ['BIG-5', big5],
  ['ISO IR14', iso2022Set(['ISO IR14'])],
  ['ISO IR87', iso2022Set(['', 'ISO IR87'])],
  ['ISO IR159', iso2022Set(['', 'ISO IR159'])],
]);
for (let part = 1; part <= 16; part++) if (isLatinPart(part)) single.set(`8859/${part}`, singleByteSet(part));

/**
 * The character set that repetitions of MSH-18 name (table 0211). Several names mean that the message switches between them
 * by escape sequences of ISO 2022. Spellings that senders use beside the table's are understood.
 */
export function characterSet(names: readonly string[]): CharacterSet {
  const known = names.map(tableName);
  if (!known.every((name) => name === '' || single.has(name))) throw unknownSet();
  const [first, ...others] = known.filter((name) => name !== '');
  if (first === undefined) return ascii;
  // Nothing can be switched to out of Unicode, so names after it say nothing more.
  const only = others.length === 0 || !isSwitched(first) ? single.get(first)! : undefined;
  if (only) return { names, decode: (bytes) => only.decode(bytes), encode: (text) => only.encode(text) };
  if (!others.every(isSwitched)) throw unknownSet();
  return { ...iso2022Set(known), names };
}

function isSwitched(name: string): boolean {
  return name === 'ASCII' || name.startsWith('ISO IR') || name.startsWith('8859/');
}

/** Whether MSH-18 may say so. */
export function namesCharacterSet(name: string): boolean {
  return single.has(tableName(name));
}

function tableName(name: string): string {
  const plain = name.trim().toUpperCase();
  const part = /^(?:ISO[- ]?)?8859[-/](\d{1,2})$/.exec(plain)?.[1];
  if (part !== undefined) return `8859/${Number(part)}`;
  if (/^UTF-?8$/.test(plain)) return 'UNICODE UTF-8';
  if (/^UTF-?16$/.test(plain)) return 'UNICODE UTF-16';
  return plain === 'US-ASCII' ? 'ASCII' : plain;
}

function unknownSet(): Hl7Fault {
  return new Hl7Fault(
    '103',
    'MSH-18 names a character set that is not supported. Use UNICODE UTF-8, or another name of table 0211 but UTF-32.',
    { segment: 'MSH', occurrence: 1, field: 18 },
  );
}
