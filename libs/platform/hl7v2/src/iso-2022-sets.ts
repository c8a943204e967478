/**
 * Sets that a message switches between by escape sequences of ISO 2022: the Japanese ones (ISO IR14, IR87, IR159, after
 * ISO IR6), and several parts of ISO 8859. Each line begins in the first set; single bytes below 0x80 are ASCII unless a
 * set of two bytes was switched to.
 */
import { isAscii } from 'node:buffer';
import { decodeWith, tryDecode, undecodable, unencodable, type CharacterSet } from './character-set.ts';
import { codeTable, once, pairs, range, type CodeTable } from './code-table.ts';
import { upperHalf } from './single-byte-sets.ts';

const escapeByte = 0x1b;

/** The character that announces a part of ISO 8859 after `ESC -`. */
const latinAnnouncement: Readonly<Record<string, string>> = {
  '8859/1': 'A',
  '8859/2': 'B',
  '8859/3': 'C',
  '8859/4': 'D',
  '8859/5': 'L',
  '8859/6': 'G',
  '8859/7': 'F',
  '8859/8': 'H',
  '8859/9': 'M',
  '8859/10': 'V',
  '8859/11': 'T',
  '8859/13': 'Y',
  '8859/14': '_',
  '8859/15': 'b',
  '8859/16': 'f',
};

const katakana = once(() =>
  Uint16Array.from({ length: 128 }, (_, position) =>
    position >= 0x21 && position <= 0x5f ? 0xff61 + position - 0x21 : 0,
  ),
);
const latin = new Map(
  Object.keys(latinAnnouncement).map((name) => [name, once(() => upperHalf(Number(name.slice(5))))]),
);

/** Whether bytes below 0x80 stand for themselves, or in pairs for characters of JIS X 0208 or JIS X 0212. */
type Lower = 'ascii' | 'katakana' | 'jis-0208' | 'jis-0212';

const lowerAnnouncements: readonly (readonly [sequence: string, lower: Lower])[] = [
  ['(B', 'ascii'],
  ['(J', 'ascii'],
  ['(I', 'katakana'],
  ['$B', 'jis-0208'],
  ['$@', 'jis-0208'],
  ['$(D', 'jis-0212'],
];

/** Decodes text in one of the sets of two seven-bit bytes; `undefined` when a pair means nothing. */
export function decodePairs(lower: 'jis-0208' | 'jis-0212', bytes: Uint8Array): string | undefined {
  const euc: number[] = [];
  for (let at = 0; at < bytes.length; at += 2) {
    const [first = 0, second = 0] = bytes.subarray(at, at + 2);
    if (first < 0x21 || first > 0x7e || second < 0x21 || second > 0x7e) return undefined;
    if (lower === 'jis-0212') euc.push(0x8f);
    euc.push(first | 0x80, second | 0x80);
  }
  return tryDecode('euc-jp', Uint8Array.from(euc));
}

class Reader {
  readonly #first: () => Uint16Array | undefined;
  readonly #bytes: Uint8Array;
  #lower: Lower = 'ascii';
  #upper: Uint16Array | undefined;

  constructor(first: () => Uint16Array | undefined, bytes: Uint8Array) {
    this.#first = first;
    this.#bytes = bytes;
  }

  read(): string {
    let text = '';
    let at = 0;
    this.#upper = this.#first();
    while (at < this.#bytes.length) {
      if (this.#bytes[at] === escapeByte) {
        at = this.#switch(at + 1);
        continue;
      }
      let end = at;
      while (end < this.#bytes.length && this.#bytes[end] !== escapeByte && this.#bytes[end] !== 0x0d) end++;
      text += this.#run(this.#bytes.subarray(at, end));
      at = end;
      if (this.#bytes[at] !== 0x0d) continue;
      text += '\r';
      at++;
      this.#lower = 'ascii';
      this.#upper = this.#first();
    }
    return text;
  }

  /** Follows the escape sequence that begins at `at`, and answers where it ends. */
  #switch(at: number): number {
    const next = String.fromCharCode(...this.#bytes.subarray(at, at + 3));
    const found = lowerAnnouncements.find(([sequence]) => next.startsWith(sequence));
    if (found) {
      this.#lower = found[1];
      return at + found[0].length;
    }
    const part = Object.entries(latinAnnouncement).find(([, letter]) => next.startsWith(`-${letter}`));
    if (part) this.#upper = latin.get(part[0])?.();
    else if (next.startsWith(')I')) this.#upper = katakana();
    else throw undecodable();
    return at + 2;
  }

  #run(bytes: Uint8Array): string {
    if (this.#lower === 'jis-0208' || this.#lower === 'jis-0212') {
      const text = decodePairs(this.#lower, bytes);
      if (text === undefined) throw undecodable();
      return text;
    }
    if (this.#lower === 'ascii' && isAscii(bytes)) return Buffer.from(bytes).toString('latin1');
    const units = Uint16Array.from(bytes, (byte) => {
      if (this.#lower === 'katakana' && byte > 0x20 && byte < 0x80) return katakana()[byte] ?? 0;
      return byte < 0x80 ? byte : (this.#upper?.[byte - 0x80] ?? 0);
    });
    if (units.some((unit, at) => unit === 0 && bytes[at] !== 0)) throw undecodable();
    return decodeWith('utf-16le', new Uint8Array(units.buffer));
  }
}

/** The characters of a set of two seven-bit bytes, from the EUC form that Node decodes. */
const pairTable = (prefix: readonly number[]) =>
  once(() => {
    const codes = [...pairs(range(0xa1, 0xfe), range(0xa1, 0xfe))].map((pair) => [...prefix, ...pair]);
    const table = codeTable('euc-jp', codes);
    return new Map(
      [...table].map(([character, bytes]) => [character, bytes.slice(-2).map((byte) => byte & 0x7f)]),
    );
  });
const jis0208 = pairTable([]);
const jis0212 = pairTable([0x8f]);

/** One way to write characters: how it is announced, and what it has. `upper` ones leave ASCII in place. */
interface Writer {
  readonly announcement: string;
  readonly upper: boolean;
  readonly table: () => CodeTable;
}

const halfTable = (half: () => Uint16Array) =>
  once(
    () =>
      new Map(
        [...half()].flatMap((unit, position) =>
          unit === 0 ? [] : [[String.fromCharCode(unit), Uint8Array.of(0x80 + position)] as const],
        ),
      ),
  );

function writerOf(name: string): Writer | undefined {
  if (name === 'ISO IR14') return { announcement: ')I', upper: true, table: halfTable(katakana) };
  if (name === 'ISO IR87') return { announcement: '$B', upper: false, table: jis0208 };
  if (name === 'ISO IR159') return { announcement: '$(D', upper: false, table: jis0212 };
  const half = latin.get(name);
  return half && { announcement: `-${latinAnnouncement[name]}`, upper: true, table: halfTable(half) };
}

/** The sets that a message may switch between; the first is the one it begins in. */
export function iso2022Set(names: readonly string[]): CharacterSet {
  const first = names[0] === 'ISO IR14' ? katakana : latin.get(names[0] ?? '');
  const writers = names.map(writerOf).filter((writer) => writer !== undefined);
  return {
    names,
    decode: (bytes) => new Reader(() => first?.(), bytes).read(),
    encode: (text) => encode(text, writers, first ? writers[0] : undefined),
  };
}

function encode(text: string, writers: readonly Writer[], first: Writer | undefined): Uint8Array {
  const bytes: number[] = [];
  let lower: Writer | undefined;
  let upper = first;
  const announce = (announcement: string) => bytes.push(escapeByte, ...Buffer.from(announcement, 'latin1'));
  for (const character of text) {
    const writer = character < '\u0080' ? undefined : writers.find(({ table }) => table().has(character));
    if (!writer && character >= '\u0080') throw unencodable();
    const nextLower = writer?.upper ? undefined : writer;
    if (nextLower !== lower) announce(nextLower?.announcement ?? '(B');
    lower = nextLower;
    if (writer?.upper && writer !== upper) {
      announce(writer.announcement);
      upper = writer;
    }
    bytes.push(...(writer?.table().get(character) ?? [character.charCodeAt(0)]));
    if (character === '\r') upper = first;
  }
  if (lower) announce('(B');
  return Uint8Array.from(bytes);
}
