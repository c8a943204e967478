import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  ContextDatabaseToken,
  takeFirst,
  Together,
  type ContextDatabase,
  type TakeBatch,
} from '#platform/database';
import { Fault } from '#platform/fhir';
import { characterSet, Hl7Fault, parseMessage } from '#platform/hl7v2';
import { RuleBook } from '#platform/rules';
import { partSecret, RelayToken, type Relay } from '#platform/runtime';
import { mapperOf } from '../rules/v2-mappers.ts';
import {
  judgeAgain,
  keepMessages,
  type Kept,
  type NewV2Message,
  type V2Issue,
} from '../store/v2-messages.ts';
import { dismiss, type V2MessageWithBody } from '../store/v2-queue.ts';
import { framesOf, notKept } from './acknowledgements.ts';
import { examine } from './examine.ts';
import type { ListenerProfile } from './listener-profile.ts';

const mostTogether = 64;
/** About what a commit takes. */
const gatherMs = 5;
const log = new Logger('exchange');

/** Whoever has a message taken by hand has seen what it is. */
const takenByHand: readonly string[] = ['P', 'T', 'D'];

/**
 * Takes the messages of all listeners. Each is kept before it is acknowledged, whatever is wrong with it; one that comes
 * again gets the acknowledgement of the first time. That it says nothing that FHIR could not, its sender learns at once;
 * what the contexts make of it is found out later, in the order of each patient's messages.
 */
@Injectable()
export class V2Intake {
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
    @Inject(RuleBook) rules: RuleBook,
  ) {
    this.#database = database;
    this.#relay = relay;
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
      const message = await this.#inTurn(this.#examine(body, profile));
      const { acknowledgement } = await this.#together.add('*', message);
      return framesOf(acknowledgement);
    } catch (error) {
      log.error({ component: 'v2', error }, 'a message could not be kept');
      return notKept(body);
    }
  }

  /**
   * Takes the text that somebody corrected in place of a message that was rejected, or failed.
   *
   * @returns its id, and what is wrong with it; nothing when it was taken, and the message that it corrects is dismissed
   * @throws Fault `conflict` when a message of this text was kept before: then nothing changes
   */
  async takeCorrected(
    text: string,
    { id, listener }: Pick<V2MessageWithBody, 'id' | 'listener'>,
  ): Promise<Pick<NewV2Message, 'id' | 'issues'>> {
    const profile = { name: listener, characterSet: 'UNICODE UTF-8', processingIds: takenByHand };
    const message = await this.#examine(encoded(text), profile);
    if (message.state === 'rejected') return message;
    await this.#database.transact('*', async (transaction) => {
      transaction.afterCommit(() => this.#relay.poke());
      const [kept] = await keepMessages(transaction, [{ ...message, corrects: id }]);
      if (kept?.isNew !== true) throw keptBefore();
      await dismiss(transaction, id);
    });
    return { id: message.id, issues: [] };
  }

  /**
   * Takes a rejected message as it came, if by the rules of now it can be taken.
   *
   * @returns what is wrong with it now; nothing when it was taken
   */
  async takeAsItCame(rejected: V2MessageWithBody): Promise<readonly V2Issue[]> {
    const { id, listener, body, characterSet } = rejected;
    const profile = { name: listener, characterSet, processingIds: takenByHand };
    const message = await this.#examine(body, profile);
    await this.#database.transact('*', async (transaction) => {
      transaction.afterCommit(() => this.#relay.poke());
      if (!(await judgeAgain(transaction, { ...message, id }))) throw noLongerRejected();
    });
    return message.state === 'rejected' ? message.issues : [];
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

  /** By the rules of this instant. */
  async #examine(body: Uint8Array, profile: ListenerProfile): Promise<NewV2Message> {
    const receivedAt = Date.now();
    // One after the other: of two at once, the one that fails later would fail the message after this one, too.
    const secret = await this.#identitySecret();
    const pack = await this.#rules.inForce(receivedAt);
    return examine(body, { profile, secret, mapper: mapperOf(pack, profile.name), receivedAt });
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
