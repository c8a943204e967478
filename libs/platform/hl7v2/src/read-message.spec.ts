import { describe, expect, it } from '@jest/globals';
import { characterSet } from './character-sets.ts';
import { Hl7Fault } from './hl7-fault.ts';
import { readMessage } from './read-message.ts';

const textOf = (sets: string, name: string, application = 'LAB') =>
  `MSH|^~\\&|${application}||||20260101||ADT^A01|1|P|2.5|||||${sets ? `|${sets}` : ''}\rPID|1||||${name}\r`;

/** The message as a sender with its own encoder would write it. */
const bytesOf = (sets: string, name: Uint8Array, application: Uint8Array | string = 'LAB') => {
  const [before = '', between = '', after = ''] = textOf(sets, '\u0001', '\u0001').split('\u0001');
  return Buffer.concat([
    Buffer.from(before),
    Buffer.from(application),
    Buffer.from(between),
    name,
    Buffer.from(after),
  ]);
};
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

function faultOf(work: () => unknown): [code: string, field: number | undefined] {
  try {
    work();
  } catch (error) {
    if (error instanceof Hl7Fault) return [error.code, error.location?.field];
    throw error;
  }
  throw new Error('There was no fault.');
}

describe('a message in a character set', () => {
  // The bytes are written down here, not made by the code under test.
  it.each([
    ['ASCII', '4d756c6c6572', 'Muller'],
    ['', '4d756c6c6572', 'Muller'],
    ['8859/1', '4dfc6c6c6572', 'Müller'],
    ['8859/2', 'a36f64bc', 'Łodź'],
    ['8859/3', 'a661', 'Ĥa'],
    ['8859/4', 'a1', 'Ą'],
    ['8859/5', 'b8d2d0dd', 'Иван'],
    ['8859/6', 'c7', 'ا'],
    ['8859/7', 'cbdcec', 'Λάμ'],
    ['8859/8', 'e0e1', 'אב'],
    ['8859/9', 'dd7afdde', 'İzıŞ'],
    ['8859/10', 'bd', '―'],
    ['8859/11', 'cac1', 'สม'],
    ['8859/13', 'd8', 'Ų'],
    ['8859/14', 'd0', 'Ŵ'],
    ['8859/15', 'a4a6', '€Š'],
    ['UNICODE UTF-8', 'c3bce697a5f09f9880', 'ü日😀'],
    ['UNICODE', 'c3bc', 'ü'],
    ['GB 18030-2000', 'd5c5c8fd 81308130 90308130', '张三\u0080\u{10000}'],
    ['BIG-5', 'b169a454', '張三'],
    ['ISO IR14', 'd4cfc0de', 'ﾔﾏﾀﾞ'],
    ['~ISO IR87', '1b2442 3b33 4544 1b2842', '山田'],
    ['ISO IR6~ISO IR87', '1b2442 3b33 4544 1b2842 61', '山田a'],
    ['~ISO IR87~ISO IR159', '1b2442 3b33 1b242844 3021 1b2842', '山丂'],
    ['ISO IR14~ISO IR87', 'd4cf 1b2442 3b33 1b2842 c0', 'ﾔﾏ山ﾀ'],
    ['8859/1~8859/5', 'fc 1b2d4c b8 1b2d41 fc', 'üИü'],
  ])('%s is read and written', (sets, bytes, name) => {
    const read = readMessage(bytesOf(sets, hex(bytes)));
    expect(read.message.at('PID-5')).toBe(name);
    expect(Buffer.from(read.characterSet.encode(textOf(sets, name)))).toEqual(bytesOf(sets, hex(bytes)));
  });

  it.each(['8859/1', '8859/2', '8859/5', '8859/9', '8859/11', '8859/15'])(
    '%s: every byte is written as it was',
    (set) => {
      const { decode, encode } = characterSet([set]);
      const valid = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)).filter((byte) => {
        try {
          return decode(byte).length === 1;
        } catch {
          return false;
        }
      });
      expect(valid.length).toBeGreaterThan(240);
      for (const byte of valid) expect([...encode(decode(byte))]).toEqual([...byte]);
    },
  );

  it.each(['big', 'little'])('UTF-16 is known by its order, %s first', (order) => {
    const bytes = Buffer.from(`\uFEFF${textOf('UNICODE UTF-16', '日😀')}`, 'utf16le');
    const sent = order === 'big' ? bytes.swap16() : bytes;
    const read = readMessage(sent);
    expect(read.message.at('PID-5')).toBe('日😀');
    expect(Buffer.from(read.characterSet.encode(textOf('UNICODE UTF-16', '日😀')))).toEqual(sent);
    expect(readMessage(sent.subarray(2)).message.at('PID-5')).toBe('日😀');
  });

  it('finds MSH-18 behind a character whose second byte looks like a delimiter', () => {
    const read = readMessage(bytesOf('GB 18030-2000', hex('817c'), hex('817c')));
    expect(read.message.at('MSH-3')).toBe(new TextDecoder('gb18030').decode(hex('817c')));
    expect(read.message.at('MSH-18')).toBe('GB 18030-2000');
    const fallback = characterSet(['GB 18030-2000']);
    expect(readMessage(bytesOf('', hex('817c'), hex('817c')), fallback).message.at('PID-5')).toBe(
      new TextDecoder('gb18030').decode(hex('817c')),
    );
  });

  it('takes the listener’s set where MSH-18 is empty, and UTF-8 where its mark stands in front', () => {
    expect(readMessage(bytesOf('', hex('fc')), characterSet(['8859/1'])).message.at('PID-5')).toBe('ü');
    const marked = Buffer.concat([hex('efbbbf0d0a'), bytesOf('', hex('c3bc'))]);
    expect(readMessage(marked).message.at('PID-5')).toBe('ü');
  });

  it('reads \\X…\\ in the set of the message', () => {
    expect(readMessage(bytesOf('8859/5', Buffer.from('\\XB8D2\\'))).message.at('PID-5')).toBe('Ив');
    expect(readMessage(bytesOf('UNICODE UTF-8', Buffer.from('\\XB8\\'))).message.at('PID-5')).toBe('\\XB8\\');
  });

  it.each([
    ['ASCII', 'fc', '102'],
    ['', 'fc', '102'],
    ['8859/3', 'a5', '102'],
    ['UNICODE UTF-8', 'fc', '102'],
    ['GB 18030-2000', 'ff', '102'],
    ['BIG-5', '80', '102'],
    ['BIG-5', 'ff', '102'],
    ['~ISO IR87', 'fc', '102'],
    ['~ISO IR87', '1b2442 3b', '102'],
    ['~ISO IR87', '1b2478', '102'],
    ['8859/12', '41', '103'],
    ['EBCDIC', '41', '103'],
    ['UNICODE UTF-8~8859/1', 'fc', '102'],
    ['8859/1~UNICODE UTF-8', '41', '103'],
    ['UNICODE UTF-16', '41', '102'],
  ])('%s with %s is a fault, never a replacement', (sets, bytes, code) => {
    expect(faultOf(() => readMessage(bytesOf(sets, hex(bytes))))).toEqual([code, 18]);
  });

  it('refuses to write a character that the set does not have', () => {
    for (const set of ['ASCII', '8859/1', 'BIG-5', 'ISO IR14'])
      expect(faultOf(() => characterSet([set]).encode('😀'))).toEqual(['207', 18]);
    for (const set of ['UNICODE UTF-8', 'UNICODE UTF-16', 'GB 18030-2000'])
      expect(faultOf(() => characterSet([set]).encode('\ud800'))).toEqual(['207', 18]);
  });

  it('looks for MSH-18 among the first fields only, so that an endless header costs little', () => {
    const header = (characters: number) =>
      bytesOf('GB 18030-2000', hex('41'), Buffer.alloc(2 * characters, hex('817c')));
    expect(readMessage(header(20)).message.at('MSH-18')).toBe('GB 18030-2000');
    expect(faultOf(() => readMessage(header(40)))).toEqual(['103', 18]);
  });

  it('understands spellings beside the table’s', () => {
    for (const name of ['utf-8', 'ISO-8859-15', 'ISO8859/1', 'US-ASCII'])
      expect(readMessage(bytesOf(name, hex('41'))).message.at('PID-5')).toBe('A');
  });
});
