import { carriageReturn, endByte, startByte } from './frame.ts';
import { GrowingBytes } from './growing-bytes.ts';

export interface FrameReaderOptions {
  /** Of a frame's content. */
  readonly maxFrameBytes: number;
  /** Whether `0x1C` alone ends a frame, for senders that leave out the carriage return. */
  readonly lenientEnd?: boolean;
}

/** `too-large`: the frame was given up; `bytes` are its beginning, for the answer. Nothing is read after it. */
export interface FrameEvent {
  readonly kind: 'frame' | 'too-large';
  readonly bytes: Uint8Array;
}

const restart = Buffer.from([startByte, ...Buffer.from('MSH')]);

/**
 * Finds the frames in a stream that comes in pieces of any size. What stands between frames is ignored and counted.
 *
 * A start byte within a frame begins it anew where `MSH` follows: its sender gave up in the middle, was told nothing, and
 * began again. Without `MSH` it is a vertical tab in a text that was not escaped, and stays.
 */
export class FrameReader {
  readonly #maxFrameBytes: number;
  readonly #lenientEnd: boolean;
  readonly #content = new GrowingBytes();
  #state: 'between' | 'within' | 'end-seen' | 'given-up' = 'between';
  /** Bytes outside frames, line ends after a frame not counted. */
  ignoredBytes = 0;
  /** Frames that began anew before their end. */
  abandonedFrames = 0;

  constructor(options: FrameReaderOptions) {
    this.#maxFrameBytes = options.maxFrameBytes;
    this.#lenientEnd = options.lenientEnd ?? false;
  }

  /** Whether a frame has begun and not ended. */
  get isWithinFrame(): boolean {
    return this.#state === 'within' || this.#state === 'end-seen';
  }

  /** What the collecting of the open frame has cost, in bytes moved. */
  get movedBytes(): number {
    return this.#content.moved;
  }

  /** The frames that end in this piece of the stream. */
  push(piece: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = [];
    let at = 0;
    while (at < piece.length && this.#state !== 'given-up') {
      if (this.#state === 'between') at = this.#skip(piece, at);
      else if (this.#state === 'end-seen') at = this.#afterEndByte(piece, at, events);
      else at = this.#collect(piece, at, events);
    }
    return events;
  }

  #skip(piece: Uint8Array, from: number): number {
    const start = piece.indexOf(startByte, from);
    const end = start < 0 ? piece.length : start;
    for (let at = from; at < end; at++)
      if (piece[at] !== carriageReturn && piece[at] !== 0x0a) this.ignoredBytes++;
    if (start < 0) return piece.length;
    this.#state = 'within';
    return start + 1;
  }

  #collect(piece: Uint8Array, from: number, events: FrameEvent[]): number {
    const end = piece.indexOf(endByte, from);
    const content = piece.subarray(from, end < 0 ? undefined : end);
    if (this.#content.length + content.length > this.#maxFrameBytes) return this.#giveUp(content, events);
    const isWhole = this.#content.length === 0 && (this.#lenientEnd || piece[end + 1] === carriageReturn);
    if (end >= 0 && isWhole) {
      this.#finish(content, events);
      return this.#lenientEnd ? end + 1 : end + 2;
    }
    this.#content.append(content);
    if (end < 0) return piece.length;
    if (this.#lenientEnd) this.#finish(this.#content.take(), events);
    else this.#state = 'end-seen';
    return end + 1;
  }

  #afterEndByte(piece: Uint8Array, at: number, events: FrameEvent[]): number {
    if (piece[at] === carriageReturn) {
      this.#finish(this.#content.take(), events);
      return at + 1;
    }
    this.#content.append(Uint8Array.of(endByte));
    this.#state = 'within';
    return at;
  }

  #finish(content: Uint8Array, events: FrameEvent[]): void {
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    const again = bytes.lastIndexOf(restart);
    if (again >= 0) this.abandonedFrames++;
    events.push({ kind: 'frame', bytes: again < 0 ? bytes : bytes.subarray(again + 1) });
    this.#state = 'between';
  }

  #giveUp(content: Uint8Array, events: FrameEvent[]): number {
    this.#content.append(content.subarray(0, this.#maxFrameBytes - this.#content.length));
    events.push({ kind: 'too-large', bytes: this.#content.take() });
    this.#state = 'given-up';
    return Infinity;
  }
}
