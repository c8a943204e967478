/** MLLP, release 1: `0x0B`, the message, `0x1C 0x0D`. */
import { Hl7Fault } from './hl7-fault.ts';

export const startByte = 0x0b;
export const endByte = 0x1c;
export const carriageReturn = 0x0d;

const end = Buffer.of(endByte, carriageReturn);

/** A message in its frame. Content that would end the frame early is a fault; `escape` leaves none, but UTF-16 may have it. */
export function frame(content: Uint8Array): Uint8Array {
  if (Buffer.from(content.buffer, content.byteOffset, content.byteLength).includes(end))
    throw new Hl7Fault(
      '207',
      'The bytes of the message have the end of a frame in them. Write it in UNICODE UTF-8, with control characters escaped.',
    );
  const framed = Buffer.allocUnsafe(content.length + 3);
  framed[0] = startByte;
  framed.set(content, 1);
  framed.set(end, content.length + 1);
  return framed;
}
