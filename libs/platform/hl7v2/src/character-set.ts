import { Hl7Fault } from './hl7-fault.ts';

/** How the bytes of a message become text and back. */
export interface CharacterSet {
  /** MSH-18 as it names the set, one name a repetition. */
  readonly names: readonly string[];
  /** Throws `Hl7Fault` 102 when the bytes are not valid in the set: nothing is ever replaced silently. */
  decode(bytes: Uint8Array): string;
  /** Throws `Hl7Fault` 207 when a character is not in the set. */
  encode(text: string): Uint8Array;
}

export function undecodable(): Hl7Fault {
  return new Hl7Fault(
    '102',
    'The message has bytes that are not valid in its character set. Name in MSH-18 the set it is written in.',
    { segment: 'MSH', occurrence: 1, field: 18 },
  );
}

export function unencodable(): Hl7Fault {
  return new Hl7Fault(
    '207',
    'The message has a character that is not in the character set it is to be written in. Write it in UNICODE UTF-8.',
    { segment: 'MSH', occurrence: 1, field: 18 },
  );
}

/** Decodes with Node's tables; `undefined` when a byte is invalid. */
export function tryDecode(label: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (isInvalidData(error)) return undefined;
    throw error;
  }
}

export function decodeWith(label: string, bytes: Uint8Array): string {
  const text = tryDecode(label, bytes);
  if (text === undefined) throw undecodable();
  return text;
}

/** By its code: a class of errors is another one in another realm, such as a test runner's. */
function isInvalidData(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}
