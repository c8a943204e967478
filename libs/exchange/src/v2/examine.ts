import { hash, randomUUID } from 'node:crypto';
import {
  checkHeader,
  Hl7Fault,
  isSerious,
  parseLocation,
  salvageHeader,
  type MessageError,
} from '#platform/hl7v2';
import type { Mapper, MappingIssue } from '#platform/v2-to-fhir';
import type { NewV2Message } from '../store/v2-messages.ts';
import { accepted } from './accepted.ts';
import { acknowledgements, ascii, type Answerable } from './acknowledgements.ts';
import type { ListenerProfile } from './listener-profile.ts';
import { messageIdentity, senderIdentity, type MessageIdentity } from './message-identity.ts';
import { issueOf, readV2 } from './read-v2.ts';

/** Of MSH-3, MSH-4 and MSH-10 in the longest of HL7's versions: version 2.8.2, chapter 2.14.9. */
const longestName = 227;

/** By what a message is examined. */
export interface Examination {
  readonly profile: ListenerProfile;
  /** Under which the lanes of patients are hashed. */
  readonly secret: string;
  readonly mapper: Mapper;
  /** Milliseconds since the epoch: the instant whose rules decide. */
  readonly receivedAt: number;
}

/** A message as far as it could be read. */
interface Examined extends Answerable {
  readonly identity: MessageIdentity;
}

/** A message as it is to be kept, and what its sender is to be told: whether it can be read, is for us, and fits into FHIR. */
export function examine(body: Uint8Array, by: Examination): NewV2Message {
  const examined = read(body, by);
  const { header, errors, identity } = examined;
  const { receivedAt, profile } = by;
  return {
    id: randomUUID(),
    receivedAt,
    listener: profile.name,
    sender: `${stored(header?.value(3))}|${stored(header?.value(4))}`,
    controlId: stored(header?.value(10)),
    bodyHash: hash('sha256', body, 'buffer'),
    event: header === undefined ? 'unreadable' : `${stored(header.value(9))}^${stored(header.value(9, 2))}`,
    ...identity,
    state: errors.some(isSerious) ? 'rejected' : 'waiting',
    body: Buffer.from(body),
    characterSet: profile.characterSet,
    acknowledgement: acknowledgements(examined),
    issues: errors.map((each) => issueOf(each)),
  };
}

/** No column takes every character, no index every length; what tells two messages apart in any case is their content. */
function stored(value = ''): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it leaves out
  return value.replaceAll(/[\u0000-\u001f]/g, '').slice(0, longestName);
}

function read(body: Uint8Array, { profile, secret, mapper }: Examination): Examined {
  const lanes = { listener: profile.name, secret };
  try {
    const { message, characterSet } = readV2(body, profile.characterSet);
    const header = message.first('MSH')!;
    const known = { header, characterSet };
    try {
      checkHeader(header, { ...accepted, processingIds: profile.processingIds });
      const mapped = mapper.map(message);
      const identity = messageIdentity(mapped, header, lanes);
      return { ...known, errors: mapped.issues.map(errorOf), identity };
    } catch (error) {
      return { ...known, errors: [faultOf(error)], identity: senderIdentity(header, lanes) };
    }
  } catch (error) {
    const header = salvageHeader(body);
    return {
      header,
      characterSet: ascii,
      errors: [faultOf(error)],
      identity: senderIdentity(header, lanes),
    };
  }
}

function errorOf({ severity, location, code, text }: MappingIssue): MessageError {
  return {
    code,
    severity: severity === 'error' ? 'E' : 'W',
    location: parseLocation(location),
    message: text,
  };
}

function faultOf(error: unknown): MessageError {
  if (error instanceof Hl7Fault) return error as MessageError;
  throw error;
}
