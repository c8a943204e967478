/**
 * What travels over NATS: `<JSON line>\n<bytes of the texts, one after the other>`. The line is a {@link Head}; a
 * message without texts is the line alone. Deadline, trace and signed caller are headers, so that a message can be
 * refused without reading it.
 */
import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import type { FaultValue } from '../fault-codec.ts';

export const header = {
  /** Milliseconds the caller still waits: a duration, so that the clocks of two machines may differ. */
  timeout: 'Septum-Timeout',
  /** https://www.w3.org/TR/trace-context/ */
  trace: 'Traceparent',
  caller: 'Septum-Caller',
  /** On the first part of a message in chunks: the bytes of the whole. */
  size: 'Septum-Size',
  /** On every further chunk: where it begins. */
  offset: 'Septum-Offset',
  /** From the receiver of chunks: how many more may be sent. */
  credit: 'Septum-Credit',
  /** From a server that is still at work on a call. */
  working: 'Septum-Working',
} as const;

export interface Head {
  readonly request?: object;
  readonly result?: unknown;
  readonly fault?: FaultValue;
  /** The length of each text in bytes. */
  readonly texts?: readonly number[];
}

export interface Frame {
  readonly head: Head;
  readonly texts: readonly string[];
}

const newline = 0x0a;

export function encodeFrame(head: Head, texts: readonly string[]): Buffer {
  if (texts.length === 0) return Buffer.from(JSON.stringify(head));
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const line = `${JSON.stringify({ ...head, texts: lengths })}\n`;
  const lineBytes = Buffer.byteLength(line);
  const frame = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, lineBytes));
  frame.write(line);
  let offset = lineBytes;
  for (const [index, text] of texts.entries()) {
    frame.write(text, offset);
    offset += lengths[index] ?? 0;
  }
  return frame;
}

export function decodeFrame(data: Uint8Array): Frame {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const end = bytes.indexOf(newline);
  if (end < 0) return { head: JSON.parse(bytes.toString()) as Head, texts: Object.freeze([]) };
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
  let offset = end + 1;
  const texts = (head.texts ?? []).map((length) => {
    const text = bytes.toString('utf8', offset, offset + length);
    offset += length;
    return text;
  });
  return { head, texts: Object.freeze(texts) };
}

export function headerOf(headers: MsgHdrs | undefined, name: string): string | undefined {
  const value = headers?.get(name);
  return value === undefined || value === '' ? undefined : value;
}

export function numberOf(headers: MsgHdrs | undefined, name: string): number | undefined {
  const value = headerOf(headers, name);
  return value === undefined ? undefined : Number(value);
}

/** The server's own answer to a message that no subscription takes. */
export function isNoResponders(message: Msg): boolean {
  return message.data.length === 0 && message.headers?.code === 503;
}
