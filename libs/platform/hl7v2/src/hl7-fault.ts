import type { Location } from './location.ts';

/** The error codes of table 0357 that this library uses, with the table's own words. https://terminology.hl7.org/CodeSystem-v2-0357.html */
export const errorCodes = {
  '0': 'Message accepted',
  '100': 'Segment sequence error',
  '101': 'Required field missing',
  '102': 'Data type error',
  '103': 'Table value not found',
  '104': 'Value too long',
  '198': 'Non-Conformant Cardinality',
  '199': 'Other HL7 Error',
  '200': 'Unsupported message type',
  '201': 'Unsupported event code',
  '202': 'Unsupported processing id',
  '203': 'Unsupported version id',
  '204': 'Unknown key identifier',
  '205': 'Duplicate key identifier',
  '206': 'Application record locked',
  '207': 'Application internal error',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** What is wrong with a message, in the terms of an ERR segment. */
export class Hl7Fault extends Error {
  readonly code: ErrorCode;
  readonly location: Location | undefined;

  /** `message` says what is wrong and what to do; it goes to the sender and into logs, so it never quotes the message. */
  constructor(code: ErrorCode, message: string, location?: Location) {
    super(message);
    this.name = 'Hl7Fault';
    this.code = code;
    this.location = location;
  }
}
