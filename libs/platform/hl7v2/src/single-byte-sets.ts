/** ISO 8859: Latin-1 to -10 and -13 to -16 with Cyrillic, Arabic, Greek, Hebrew and Thai among them. There is no part 12. */
import { isAscii } from 'node:buffer';
import { decodeWith, undecodable, unencodable, type CharacterSet } from './character-set.ts';
import { once } from './code-table.ts';

export const ascii: CharacterSet = {
  names: ['ASCII'],
  decode(bytes) {
    if (!isAscii(bytes)) throw undecodable();
    return latin1(bytes);
  },
  encode(text) {
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.length !== text.length) throw unencodable();
    return bytes;
  },
};

/** The part's upper half: the UTF-16 code unit of each byte from 0x80, 0 where there is none. */
export function upperHalf(part: number): Uint16Array {
  // The labels of the web mean the Windows code pages in some cases; those differ below 0xA0, where ISO has control characters.
  const decoder = new TextDecoder(`iso-8859-${part}`);
  return Uint16Array.from({ length: 128 }, (_, position) => {
    if (position < 0x20) return 0x80 + position;
    const code = decoder.decode(Uint8Array.of(0x80 + position)).charCodeAt(0);
    return code === 0xfffd ? 0 : code;
  });
}

export function isLatinPart(part: number): boolean {
  return Number.isInteger(part) && part >= 1 && part <= 16 && part !== 12;
}

export function singleByteSet(part: number): CharacterSet {
  const upper = once(() => upperHalf(part));
  const bytesOf = once(() => new Map([...upper()].map((code, position) => [code, 0x80 + position] as const)));
  return {
    names: [`8859/${part}`],
    decode(bytes) {
      if (part === 1 || isAscii(bytes)) return latin1(bytes);
      const units = new Uint16Array(bytes.length);
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at]!;
        const unit = byte < 0x80 ? byte : upper()[byte - 0x80]!;
        if (unit === 0 && byte !== 0) throw undecodable();
        units[at] = unit;
      }
      return decodeWith('utf-16le', new Uint8Array(units.buffer));
    },
    encode(text) {
      const bytes = new Uint8Array(text.length);
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        const byte = code < 0x80 ? code : bytesOf().get(code);
        if (byte === undefined) throw unencodable();
        bytes[at] = byte;
      }
      return bytes;
    },
  };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
