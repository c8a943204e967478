import { hash, randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  ContextDatabaseToken,
  takeFirst,
  Together,
  type ContextDatabase,
  type TakeBatch,
} from '#platform/database';
import {
  acknowledge,
  acknowledgementCode,
  characterSet,
  checkHeader,
  Hl7Fault,
  isAcknowledgementDue,
  parseLocation,
  parseMessage,
  salvageHeader,
  type AcknowledgementKind,
  type CharacterSet,
  type MessageError,
  type Segment,
} from '#platform/hl7v2';
import { Fault } from '#platform/fhir';
import { partSecret, RelayToken, type Relay } from '#platform/runtime';
import { RuleBook } from '#platform/rules';
import type { MappingIssue, Mapper } from '#platform/v2-to-fhir';
import { mapperOf } from '../rules/v2-mappers.ts';
import {
  judgeAgain,
  keepMessages,
  type Kept,
  type NewV2Message,
  type V2Issue,
} from '../store/v2-messages.ts';
import { dismiss, type V2MessageWithBody } from '../store/v2-queue.ts';
import { accepted } from './accepted.ts';
import type { ListenerProfile } from './listener-profile.ts';
import { messageIdentity, senderIdentity, type MessageIdentity } from './message-identity.ts';
import { issueOf, ReadV2 } from './read-v2.ts';

const mostTogether = 64;
/** Of MSH-3, MSH-4 and MSH-10 in the longest of HL7's versions: version 2.8.2, chapter 2.14.9. */
const longestName = 227;
/** About what a commit takes. */
const gatherMs = 5;
/** Between two acknowledgements that are kept together: no frame can hold it. */
const betweenFrames = Buffer.of(0x1c, 0x0d);

const ascii = characterSet(['ASCII']);
const log = new Logger('exchange');

/** Whoever has a message taken by hand has seen what it is. */
const takenByHand: readonly string[] = ['P', 'T', 'D'];

/** A message as far as it could be read, and what its sender is to be told. */
interface Examined {
  /** Milliseconds since the epoch: the instant whose rules decide. */
  readonly receivedAt: number;
  readonly header: Segment | undefined;
  readonly characterSet: CharacterSet;
  readonly errors: readonly MessageError[];
  readonly identity: MessageIdentity;
}

/**
 * Takes the messages of all listeners. Each is kept before it is acknowledged, whatever is wrong with it; one that comes
 * again gets the acknowledgement of the first time. That it says nothing that FHIR could not, its sender learns at once;
 * what the contexts make of it is found out later, in the order of each patient's messages.
 */
@Injectable()
export class V2Intake {
  readonly #reading: ReadV2;
  readonly #database: ContextDatabase;
  readonly #relay: Relay;
  readonly #rules: RuleBook;
  readonly #together: Together<NewV2Message, Kept>;
  #secret: Promise<string> | undefined;
  /** Settled once all messages are examined that came before. */
  #examined: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(ContextDatabaseToken) database: ContextDatabase,
    @Inject(RelayToken) relay: Relay,
    @Inject(ReadV2) reading: ReadV2,
    @Inject(RuleBook) rules: RuleBook,
  ) {
    this.#database = database;
    this.#relay = relay;
    this.#reading = reading;
    this.#rules = rules;
    const keep = (policy: string, messages: readonly NewV2Message[]) =>
      database.transact(policy, (transaction) => {
        transaction.afterCommit(() => relay.poke());
        return keepMessages(transaction, messages);
      });
    // One at a time: messages are kept in the order in which they came.
    this.#together = new Together(keep, untilMerge, {
      lanes: 1,
      gather: { upTo: mostTogether, ms: gatherMs },
    });
  }

  /**
   * @returns the acknowledgements that are due; when the message could not be kept, one that says so: its sender has to send
   * it again
   */
  async take(body: Uint8Array, profile: ListenerProfile): Promise<readonly Uint8Array[]> {
    try {
      const examined = await this.#inTurn(this.#examine(body, profile));
      const { acknowledgement } = await this.#together.add('*', newMessage(body, profile, examined));
      return framesOf(acknowledgement);
    } catch (error) {
      log.error({ component: 'v2', error }, 'a message could not be kept');
      return notTaken(salvageHeader(body), notKept);
    }
  }

  /**
   * Takes the text that somebody corrected in place of a message that was rejected, or failed.
   *
   * @returns what is wrong with it; nothing when it was taken, and the message that it corrects is dismissed
   * @throws Fault `conflict` when a message of this text was kept before: then nothing changes
   */
  async takeCorrected(
    text: string,
    { id, listener }: Pick<V2MessageWithBody, 'id' | 'listener'>,
  ): Promise<readonly V2Issue[]> {
    const profile = { name: listener, characterSet: 'UNICODE UTF-8', processingIds: takenByHand };
    const body = encoded(text);
    const examined = await this.#examine(body, profile);
    const message = newMessage(body, profile, examined);
    if (message.state === 'rejected') return message.issues;
    await this.#database.transact('*', async (transaction) => {
      transaction.afterCommit(() => this.#relay.poke());
      const [kept] = await keepMessages(transaction, [{ ...message, corrects: id }]);
      if (kept?.isNew !== true) throw keptBefore();
      await dismiss(transaction, id);
    });
    return [];
  }

  /**
   * Takes a rejected message as it came, if by the rules of now it can be taken.
   *
   * @returns what is wrong with it now; nothing when it was taken
   */
  async takeAsItCame(rejected: V2MessageWithBody): Promise<readonly V2Issue[]> {
    const { id, listener, body, characterSet } = rejected;
    const profile = { name: listener, characterSet, processingIds: takenByHand };
    const message = newMessage(body, profile, await this.#examine(body, profile));
    await this.#database.transact('*', async (transaction) => {
      transaction.afterCommit(() => this.#relay.poke());
      if (!(await judgeAgain(transaction, { ...message, id }))) throw noLongerRejected();
    });
    return message.state === 'rejected' ? message.issues : [];
  }

  /** Answers the beginning of a message that is larger than a listener takes. */
  refuse(beginning: Uint8Array): Promise<readonly Uint8Array[]> {
    return Promise.resolve(notTaken(salvageHeader(beginning), tooLarge));
  }

  /** Whatever the rules of one message are waited for, messages go on in the order in which they came. */
  async #inTurn<Result>(examining: Promise<Result>): Promise<Result> {
    const before = this.#examined;
    this.#examined = Promise.allSettled([before, examining]);
    await before;
    return examining;
  }

  #identitySecret(): Promise<string> {
    this.#secret ??= partSecret(this.#database, 'v2-identity').catch((error: unknown) => {
      this.#secret = undefined;
      throw error;
    });
    return this.#secret;
  }

  /** By the rules of the instant at which it came. */
  async #examine(body: Uint8Array, profile: ListenerProfile): Promise<Examined> {
    const receivedAt = Date.now();
    // One after the other: of two at once, the one that fails later would fail the message after this one, too.
    const secret = await this.#identitySecret();
    const pack = await this.#rules.inForce(receivedAt);
    return { ...this.#read(body, profile, secret, mapperOf(pack, profile.name)), receivedAt };
  }

  #read(
    body: Uint8Array,
    profile: ListenerProfile,
    secret: string,
    mapper: Mapper,
  ): Omit<Examined, 'receivedAt'> {
    const lanes = { listener: profile.name, secret };
    try {
      const { message, characterSet } = this.#reading.parse(body, profile.characterSet);
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
}

function keptBefore(): Fault {
  return new Fault(
    'conflict',
    'A message of exactly this text was kept before. Correct it, or leave the body out to have the message examined again as it came.',
  );
}

function noLongerRejected(): Fault {
  return new Fault(
    'conflict',
    'Somebody else has just had this message taken, or dismissed. $v2-messages tells what became of it.',
  );
}

/** A merge is kept by itself: what comes after it belongs into another lane. */
const untilMerge: TakeBatch<NewV2Message> = (waiting) => {
  const merge = waiting.findIndex(({ item }) => item.mergedIdentity !== undefined);
  const most = merge < 0 ? mostTogether : Math.min(Math.max(merge, 1), mostTogether);
  return takeFirst<NewV2Message>(most)(waiting);
};

const notKept: MessageError = {
  code: '207',
  message: 'The message could not be stored. Send it again in a while.',
};

const tooLarge: MessageError = {
  code: '104',
  message: 'The message is larger than this listener takes. Send it in parts.',
};

function newMessage(body: Uint8Array, profile: ListenerProfile, examined: Examined): NewV2Message {
  const { header, errors, identity, receivedAt } = examined;
  const isSerious = errors.some(({ severity = 'E' }) => severity === 'E');
  return {
    id: randomUUID(),
    receivedAt,
    listener: profile.name,
    sender: `${stored(header?.value(3))}|${stored(header?.value(4))}`,
    controlId: stored(header?.value(10)),
    bodyHash: hash('sha256', body, 'buffer'),
    event: header === undefined ? 'unreadable' : `${stored(header.value(9))}^${stored(header.value(9, 2))}`,
    ...identity,
    state: isSerious ? 'rejected' : 'waiting',
    body: Buffer.from(body),
    characterSet: profile.characterSet,
    acknowledgement: acknowledgements(examined),
    issues: errors.map((each) => issueOf(each)),
  };
}

/** No column takes every character, no index every length; what tells two messages apart in any case is their content. */
function stored(value = ''): string {
  // eslint-disable-next-line no-control-regex
  return value.replaceAll(/[\u0000-\u001f]/g, '').slice(0, longestName);
}

/** Those that are due: that it is kept, and what is to be said of its content. */
function acknowledgements({
  header,
  characterSet,
  errors,
}: Omit<Examined, 'identity' | 'receivedAt'>): Buffer {
  const succeeded = !errors.some(({ severity = 'E' }) => severity === 'E');
  const kinds: readonly AcknowledgementKind[] = ['accept', 'application'];
  const frames = kinds
    .filter((kind) => isAcknowledgementDue(header, kind, succeeded))
    .map((kind) =>
      characterSet.encode(
        acknowledge(header, acknowledgementCode(kind, errors), {
          errors,
          controlId: randomUUID().replaceAll('-', '').slice(0, 20),
          now: new Date(),
        }),
      ),
    );
  return Buffer.concat(frames.flatMap((frame, at) => (at === 0 ? [frame] : [betweenFrames, frame])));
}

/** In the character set that it names. */
function encoded(text: string): Uint8Array {
  try {
    const named = parseMessage(text).first('MSH')?.field(18) ?? [];
    const names = named.map((each) => each.value() ?? '');
    return characterSet(names.length === 0 ? ['UNICODE UTF-8'] : names).encode(text);
  } catch (error) {
    // What is wrong with it, reading it will tell.
    if (error instanceof Hl7Fault) return Buffer.from(text);
    throw error;
  }
}

/** What is answered to a message of which nothing is kept. */
function notTaken(header: Segment | undefined, error: MessageError): readonly Uint8Array[] {
  return framesOf(acknowledgements({ header, characterSet: ascii, errors: [error] }));
}

function framesOf(acknowledgement: Buffer): readonly Uint8Array[] {
  if (acknowledgement.length === 0) return [];
  const end = acknowledgement.indexOf(betweenFrames);
  if (end < 0) return [acknowledgement];
  return [acknowledgement.subarray(0, end), acknowledgement.subarray(end + betweenFrames.length)];
}

function errorOf({ severity, location, text }: MappingIssue): MessageError {
  return {
    code: '103',
    severity: severity === 'error' ? 'E' : 'W',
    location: parseLocation(location),
    message: text,
  };
}

function faultOf(error: unknown): MessageError {
  if (error instanceof Hl7Fault) return error as MessageError;
  throw error;
}
