import { decodeWith, type CharacterSet, unencodable } from './character-set.ts';

export const utf8: CharacterSet = {
  names: ['UNICODE UTF-8'],
  decode: (bytes) => withoutMark(decodeWith('utf-8', bytes)),
  encode(text) {
    if (!text.isWellFormed()) throw unencodable();
    return Buffer.from(text, 'utf8');
  },
};

/** With a byte order mark when written, since nothing else tells the order. */
export function utf16(order: 'big' | 'little', name = 'UNICODE UTF-16'): CharacterSet {
  return {
    names: [name],
    decode: (bytes) => withoutMark(decodeWith(order === 'big' ? 'utf-16be' : 'utf-16le', bytes)),
    encode(text) {
      if (!text.isWellFormed()) throw unencodable();
      const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
      return order === 'big' ? bytes.swap16() : bytes;
    },
  };
}

/** The order in which a message in UTF-16 has its bytes; `undefined` when it is not in UTF-16. */
export function utf16Order(bytes: Uint8Array): 'big' | 'little' | undefined {
  const [first, second] = bytes;
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x4d)) return 'big';
  return (first === 0xff && second === 0xfe) || (first === 0x4d && second === 0) ? 'little' : undefined;
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
