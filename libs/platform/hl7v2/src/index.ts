/**
 * HL7 version 2: reading and writing messages, and the protocol that carries them.
 *
 *   parseMessage(text) → Message                     lazy; throws Hl7Fault
 *   message.at('PID-3[2].4.1') → value               unescaped; undefined when empty or null
 *   message.first('PID'), .all('OBX'), .segments     segment.name .index .occurrence .text .field(n) .presence(n)
 *   segment.field(5)[0] → Repetition                 .value(c, s) .literal(c) .subcomponents(c) .presence(c, s) .isNull .text
 *   parseLocation, formatLocation, errorLocation     PID-3[2].4.1 ⇄ Location → the components of ERR-2
 */
export { Hl7Fault, errorCodes, type ErrorCode } from './hl7-fault.ts';
export { errorLocation, formatLocation, parseLocation, type Location } from './location.ts';
export { usualDelimiters, type Delimiters } from './delimiters.ts';
export { escape, unescape, type ByteReader } from './escapes.ts';
export { Repetition, type Presence } from './repetition.ts';
export { Segment } from './segment.ts';
export { Message, parseMessage } from './message.ts';
