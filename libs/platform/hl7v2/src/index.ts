/**
 * HL7 version 2: reading and writing messages, and the protocol that carries them.
 *
 *   parseMessage(text) → Message                     lazy; throws Hl7Fault
 *   message.at('PID-3[2].4.1') → value               unescaped; undefined when empty or null
 *   message.first('PID'), .all('OBX'), .segments     segment.name .index .occurrence .text .field(n) .presence(n)
 *   segment.field(5)[0] → Repetition                 .value(c, s) .literal(c) .subcomponents(c) .presence(c, s) .isNull .text
 *   parseLocation, formatLocation, errorLocation     PID-3[2].4.1 ⇄ Location → the components of ERR-2
 *   encodeMessage([['MSH', …], ['PID', …]]) → text  escapes; repeated(…) for several repetitions, null for ""
 *   readMessage(bytes, fallback?) → { message, characterSet }   by MSH-18; never a replacement character
 *   characterSet(['8859/1']) → { decode, encode }
 *   checkHeader, acknowledgementCode, isAcknowledgementDue, acknowledge   what to answer, and its text
 *   salvageHeader(bytes) → MSH                       for the answer to what could not be read
 *   MllpListener, MllpClient                         frames over TCP and TLS, with back-pressure and acknowledgements
 */
export { Hl7Fault, errorCodes, type ErrorCode } from './hl7-fault.ts';
export { errorLocation, formatLocation, parseLocation, type Location } from './location.ts';
export { usualDelimiters, type Delimiters } from './delimiters.ts';
export { escape, unescape, type ByteReader } from './escapes.ts';
export { Repetition, type Presence } from './repetition.ts';
export { Segment } from './segment.ts';
export { Message, parseMessage } from './message.ts';
export {
  encodeMessage,
  repeated,
  type ComponentContent,
  type FieldContent,
  type RepetitionContent,
  type SegmentContent,
  type Value,
} from './encode.ts';
export type { CharacterSet } from './character-set.ts';
export { characterSet } from './character-sets.ts';
export { readMessage, type ReadMessage } from './read-message.ts';
export {
  acknowledge,
  isEnhanced,
  type AcknowledgementCode,
  type AcknowledgementOptions,
  type MessageError,
} from './acknowledgement.ts';
export {
  acknowledgementCode,
  checkHeader,
  isAcknowledgementDue,
  isSerious,
  type Accepted,
  type AcknowledgementKind,
} from './acknowledgement-rules.ts';
export { salvageHeader } from './salvage-header.ts';
export { frame } from './frame.ts';
export { FrameReader, type FrameEvent, type FrameReaderOptions } from './frame-reader.ts';
export {
  MllpConnection,
  type FrameHandler,
  type MllpConnectionOptions,
  type MllpEvent,
} from './mllp-connection.ts';
export { MllpListener, type MllpListenerOptions, type MllpListenerTls } from './mllp-listener.ts';
export { MllpError, type Acknowledgement } from './mllp-exchange.ts';
export { MllpClient, type MllpClientOptions, type MllpClientTls } from './mllp-client.ts';
