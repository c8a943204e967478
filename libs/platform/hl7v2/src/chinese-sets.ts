/** GB 18030 and Big5 as Node's own tables decode them; the encoders are derived from the decoders. */
import { decodeWith, undecodable, unencodable, type CharacterSet } from './character-set.ts';
import { codeTable, once, pairs, range, type CodeTable } from './code-table.ts';

const gb18030Table = once(() => codeTable('gb18030', gb18030Codes()));

/** The two-byte codes, and the four-byte codes of the basic plane. */
function* gb18030Codes(): Generator<readonly number[]> {
  yield* pairs(range(0x81, 0xfe), [...range(0x40, 0x7e), ...range(0x80, 0xfe)]);
  for (const [first, second] of pairs(range(0x81, 0x84), range(0x30, 0x39)))
    for (const [third, fourth] of pairs(range(0x81, 0xfe), range(0x30, 0x39)))
      yield [first, second, third, fourth];
}

// Leads below 0xA1 are Hong Kong's supplement, which other readers of Big5 do not know.
const big5Table = once(() =>
  codeTable('big5', pairs(range(0xa1, 0xfe), [...range(0x40, 0x7e), ...range(0xa1, 0xfe)])),
);

export const gb18030: CharacterSet = {
  names: ['GB 18030-2000'],
  decode: (bytes) => decodeWith('gb18030', bytes),
  encode: (text) => encodeByTable(text, gb18030Table, supplementary),
};

export const big5: CharacterSet = {
  names: ['BIG-5'],
  decode(bytes) {
    const text = decodeWith('big5', bytes);
    // Node reads two single bytes that Big5 does not have, and gives these for them.
    if (/[\x80\uF8F8]/.test(text)) throw undecodable();
    return text;
  },
  encode: (text) => encodeByTable(text, big5Table, () => undefined),
};

/** Beyond the basic plane the codes of GB 18030 are in the order of Unicode, from 0x90308130. */
function supplementary(character: string): Uint8Array | undefined {
  const position = character.codePointAt(0)! - 0x10000;
  if (position < 0) return undefined;
  return Uint8Array.of(
    0x90 + Math.floor(position / 12_600),
    0x30 + (Math.floor(position / 1260) % 10),
    0x81 + (Math.floor(position / 10) % 126),
    0x30 + (position % 10),
  );
}

function encodeByTable(
  text: string,
  table: () => CodeTable,
  otherwise: (character: string) => Uint8Array | undefined,
): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 0x80) bytes.push(code);
    else {
      const found = table().get(character) ?? otherwise(character);
      if (found === undefined) throw unencodable();
      bytes.push(...found);
    }
  }
  return Uint8Array.from(bytes);
}
