import {
  characterSet,
  formatLocation,
  readMessage,
  type MessageError,
  type ReadMessage,
} from '#platform/hl7v2';
import type { V2Issue } from '../store/v2-messages.ts';

/**
 * The same bytes always say the same.
 *
 * @param fallback the character set of messages that name none, in the words of table 0211
 * @throws Hl7Fault when it cannot be read
 */
export function readV2(body: Uint8Array, fallback: string): ReadMessage {
  return readMessage(body, characterSet([fallback]));
}

export function issueOf({ code, message, location }: MessageError): V2Issue {
  return { code, text: message, ...(location === undefined ? {} : { location: formatLocation(location) }) };
}
