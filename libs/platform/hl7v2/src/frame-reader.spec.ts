import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { frame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';

const reader = (options: { maxFrameBytes?: number; lenientEnd?: boolean } = {}) =>
  new FrameReader({ maxFrameBytes: 1_000_000, ...options });
const bytes = (text: string) => Buffer.from(text, 'latin1');
const texts = (events: { bytes: Uint8Array }[]) =>
  events.map((event) => Buffer.from(event.bytes).toString('latin1'));

/** The stream in pieces that end at the given places. */
function cut(stream: Uint8Array, places: readonly number[]): Uint8Array[] {
  const all = [
    0,
    ...places.map((place) => Math.min(place, stream.length)).toSorted((a, b) => a - b),
    stream.length,
  ];
  return all.slice(1).map((end, piece) => stream.subarray(all[piece], end));
}

describe('FrameReader', () => {
  it('finds a frame that is split at any byte', () => {
    const stream = Buffer.concat([bytes('x'), frame(bytes('MSH|one\rPID\r')), frame(bytes('MSH|two'))]);
    for (let first = 0; first <= stream.length; first++)
      for (let second = first; second <= stream.length; second++) {
        const frames = reader();
        const found = cut(stream, [first, second]).flatMap((piece) => frames.push(piece));
        expect(texts(found)).toEqual(['MSH|one\rPID\r', 'MSH|two']);
        expect(frames.ignoredBytes).toBe(1);
      }
  });

  it('finds all frames, whatever they hold, whatever is between them, however they come', () => {
    const content = fc
      .string({ unit: fc.constantFrom(...'M\r\n\u000b\u001c|é'), maxLength: 8 })
      .filter((text) => !text.includes('\u001c\r'));
    const garbage = fc.string({ unit: fc.constantFrom(...'ab\r\n\u001c'), maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(garbage, content), { maxLength: 6 }),
        garbage,
        fc.array(fc.nat(60), { maxLength: 12 }),
        (sent, tail, places) => {
          const stream = Buffer.concat([
            ...sent.flatMap(([before, text]) => [bytes(before), frame(bytes(text))]),
            bytes(tail),
          ]);
          const frames = reader();
          const found = cut(stream, places).flatMap((piece) => frames.push(piece));
          expect(texts(found)).toEqual(sent.map(([, text]) => text));
          const outside = sent.map(([before]) => before).join('') + tail;
          expect(frames.ignoredBytes).toBe(outside.replace(/[\r\n]/g, '').length);
          expect(frames.isWithinFrame).toBe(false);
        },
      ),
    );
  });

  it('takes 0x1C alone for an end only when it is told to', () => {
    const stream = bytes('\u000bone\u001c\u000btwo\u001c\r');
    const pieces = [[stream], [...stream].map((byte) => Uint8Array.of(byte))];
    for (const sent of pieces) {
      const lenient = reader({ lenientEnd: true });
      expect(texts(sent.flatMap((piece) => lenient.push(piece)))).toEqual(['one', 'two']);
      expect(lenient.ignoredBytes).toBe(0);
      const strict = reader();
      expect(texts(sent.flatMap((piece) => strict.push(piece)))).toEqual(['one\u001c\u000btwo']);
    }
  });

  it('begins anew at a start byte with MSH, and only there', () => {
    const frames = reader();
    expect(texts(frames.push(bytes('\u000bMSH|cut off\u000bMSH|whole\u001c\r')))).toEqual(['MSH|whole']);
    expect(frames.abandonedFrames).toBe(1);
    expect(texts(frames.push(bytes('\u000bMSH|a\u000bb\u001c\r')))).toEqual(['MSH|a\u000bb']);
    expect(frames.abandonedFrames).toBe(1);
  });

  it('gives up a frame that is too large, and keeps its beginning', () => {
    for (const size of [1, 3, 100]) {
      const frames = reader({ maxFrameBytes: 8 });
      const stream = Buffer.concat([
        frame(bytes('MSH|1234')),
        frame(bytes('MSH|12345')),
        frame(bytes('MSH')),
      ]);
      const events = Array.from({ length: Math.ceil(stream.length / size) }, (_, piece) =>
        frames.push(stream.subarray(piece * size, (piece + 1) * size)),
      ).flat();
      expect(events.map(({ kind }) => kind)).toEqual(['frame', 'too-large']);
      expect(texts(events)[1]).toBe('MSH|1234');
    }
  });

  it.each([1_000_000, 4_000_000, 16_000_000])('moves each of %d bytes a few times at most', (length) => {
    const frames = reader({ maxFrameBytes: length });
    frames.push(bytes('\u000b'));
    const piece = Buffer.alloc(1000, 'a');
    for (let sent = 0; sent < length; sent += piece.length) frames.push(piece);
    expect(frames.movedBytes).toBeLessThan(3 * length);
    expect(frames.push(bytes('\u001c\r'))[0]?.bytes.length).toBe(length);
  });

  it('refuses to frame what would end the frame', () => {
    expect(() => frame(bytes('a\u001c\rb'))).toThrow('end of a frame');
    expect(texts(reader().push(frame(bytes('a\u001cb'))))).toEqual(['a\u001cb']);
  });
});
