/** Which acknowledgements are due, and which code they carry: version 2.8.2, chapter 2.9.2. */
import { isEnhanced, type AcknowledgementCode, type MessageError } from './acknowledgement.ts';
import { Hl7Fault, type ErrorCode } from './hl7-fault.ts';
import type { Segment } from './segment.ts';

/** The kind that says whether a message is safely stored, and the kind that says what became of it. */
export type AcknowledgementKind = 'accept' | 'application';

/**
 * Whether an acknowledgement of the kind is due. In original mode (MSH-15 and MSH-16 empty) the application's always is, the
 * other never. In enhanced mode MSH-15 speaks of the accept kind, MSH-16 of the application's (table 0155): AL always, NE
 * never, ER when the message failed, SU when it succeeded; empty is never. A message without a header gets one in any case.
 */
export function isAcknowledgementDue(
  header: Segment | undefined,
  kind: AcknowledgementKind,
  succeeded: boolean,
): boolean {
  if (!isEnhanced(header)) return kind === 'application';
  switch (header?.value(kind === 'accept' ? 15 : 16)) {
    case undefined:
    case 'NE':
      return false;
    case 'ER':
      return !succeeded;
    case 'SU':
      return succeeded;
    default:
      // `AL`, and what the table does not have: then silence would be the worst reading.
      return true;
  }
}

/** Whether it keeps the message from being accepted. */
export function isSerious({ severity = 'E' }: MessageError): boolean {
  return severity === 'E';
}

/** A message of a kind, or for a purpose, that this receiver does not take: refused, rather than wrong. */
const refusals: readonly ErrorCode[] = ['200', '201', '202', '203'];
/** The receiver's own trouble: as an application it refuses for now; that it could not store is an error of the accept kind. */
const ownTrouble: ErrorCode = '207';

/** The code for what is wrong with a message: warnings and information alone leave it accepted. */
export function acknowledgementCode(
  kind: AcknowledgementKind,
  errors: readonly MessageError[],
): AcknowledgementCode {
  const letter = kind === 'accept' ? 'C' : 'A';
  const serious = errors.filter(isSerious);
  if (serious.length === 0) return `${letter}A`;
  const refused = serious.some(
    ({ code, location }) =>
      refusals.includes(code) ||
      location?.segment === 'MSH' ||
      (code === ownTrouble && kind === 'application'),
  );
  return refused ? `${letter}R` : `${letter}E`;
}

/** What a listener takes. */
export interface Accepted {
  /** MSH-9.1 and MSH-9.2 as `ADT^A01`. */
  readonly messageTypes: readonly string[];
  /** MSH-12.1. */
  readonly versions: readonly string[];
  /** MSH-11.1: P production, T training, D debugging. */
  readonly processingIds: readonly string[];
}

/** Throws `Hl7Fault` when the header lacks what every message has, or is not for this listener. */
export function checkHeader(header: Segment, accepted: Accepted): void {
  for (const [field, what] of [
    [9, 'message type'],
    [10, 'control id'],
    [11, 'processing id'],
    [12, 'version'],
  ] as const)
    if (header.value(field) === undefined)
      throw headerFault('101', field, `MSH-${field} has no ${what}. Send it in every message.`);
  const type = header.value(9) ?? '';
  if (!accepted.messageTypes.includes(`${type}^${header.value(9, 2) ?? ''}`)) {
    if (accepted.messageTypes.some((known) => known.startsWith(`${type}^`)))
      throw headerFault('201', 9, 'This listener does not take the event in MSH-9.2. Do not route it here.');
    throw headerFault(
      '200',
      9,
      'This listener does not take the message type in MSH-9. Do not route it here.',
    );
  }
  if (!accepted.processingIds.includes(header.value(11) ?? ''))
    throw headerFault(
      '202',
      11,
      `This listener takes the processing ids ${accepted.processingIds.join(', ')}.`,
    );
  if (!accepted.versions.includes(header.value(12) ?? ''))
    throw headerFault('203', 12, `This listener takes the versions ${accepted.versions.join(', ')}.`);
}

function headerFault(code: ErrorCode, field: number, message: string): Hl7Fault {
  return new Hl7Fault(code, message, { segment: 'MSH', occurrence: 1, field });
}
