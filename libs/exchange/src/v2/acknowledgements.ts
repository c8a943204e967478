import { randomUUID } from 'node:crypto';
import {
  acknowledge,
  acknowledgementCode,
  characterSet,
  isAcknowledgementDue,
  isSerious,
  salvageHeader,
  type AcknowledgementKind,
  type CharacterSet,
  type ErrorCode,
  type MessageError,
  type Segment,
} from '#platform/hl7v2';

/** What is to be answered to. */
export interface Answerable {
  readonly header: Segment | undefined;
  readonly characterSet: CharacterSet;
  readonly errors: readonly MessageError[];
}

/** What answers are written in to what could not be read. */
export const ascii = characterSet(['ASCII']);
/** Between two acknowledgements that are kept together: no frame can hold it. */
const betweenFrames = Buffer.of(0x1c, 0x0d);
const kinds: readonly AcknowledgementKind[] = ['accept', 'application'];

/** Those that are due, as they are kept: that the message is stored, and what is to be said of its content. */
export function acknowledgements({ header, characterSet: set, errors }: Answerable): Buffer {
  const succeeded = !errors.some(isSerious);
  const frames = kinds
    .filter((kind) => isAcknowledgementDue(header, kind, succeeded))
    .map((kind) =>
      set.encode(
        acknowledge(header, acknowledgementCode(kind, errors), {
          errors,
          controlId: randomUUID().replaceAll('-', '').slice(0, 20),
          now: new Date(),
        }),
      ),
    );
  return Buffer.concat(frames.flatMap((frame, at) => (at === 0 ? [frame] : [betweenFrames, frame])));
}

/** The acknowledgements that are kept together, each for itself. */
export function framesOf(acknowledgement: Buffer): readonly Uint8Array[] {
  if (acknowledgement.length === 0) return [];
  const end = acknowledgement.indexOf(betweenFrames);
  if (end < 0) return [acknowledgement];
  return [acknowledgement.subarray(0, end), acknowledgement.subarray(end + betweenFrames.length)];
}

/** What is answered to a message of which nothing is kept: its sender has to send it again. */
export function notKept(body: Uint8Array): readonly Uint8Array[] {
  return refusal(body, '207', 'The message could not be stored. Send it again in a while.');
}

/** What is answered to the beginning of a message that is too long. */
export function tooLarge(beginning: Uint8Array): readonly Uint8Array[] {
  return refusal(beginning, '104', 'The message is larger than this listener takes. Send it in parts.');
}

function refusal(body: Uint8Array, code: ErrorCode, message: string): readonly Uint8Array[] {
  const errors = [{ code, message }];
  return framesOf(acknowledgements({ header: salvageHeader(body), characterSet: ascii, errors }));
}
