// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, RelayToken, type Relay } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import {
  applyAgain,
  countRejected,
  dismiss,
  findMessage,
  type V2MessageWithBody,
} from '../store/v2-queue.ts';
import type { V2Issue } from '../store/v2-messages.ts';
import { readResendRequest, type ResendRequest } from '../v2/resend-request.ts';
import { textOf } from '../v2/text-of.ts';
import { V2Intake } from '../v2/v2-intake.ts';

export const v2Resend = operation('exchange', {
  name: 'v2-resend',
  level: 'system',
  readOnly: false,
  documentation:
    'Applies HL7 v2 messages once more: one, as it came or corrected, or all of a stretch of time in their order; or dismisses one.',
});

/** How many messages are applied again, how many of that time are left, and the one that was taken in place of another. */
interface Resent {
  readonly applied: number;
  readonly rejected?: number;
  readonly message?: string;
}

/**
 * `POST $v2-resend` takes Parameters, in one of these forms:
 *
 * - `id`: applies that message again, as it came; one that was rejected is examined again, by the rules of now;
 * - `id` and `body`: takes the corrected text in its place, as if it came now, and dismisses the one it corrects;
 * - `id` and `dismiss` true: nothing more is to become of it;
 * - `from` and `to` (instants), optionally `listener`: applies all of that time again, in their order.
 *
 * It answers Parameters with `applied`, the number of messages that are applied again, and of a stretch of time with
 * `rejected`, the number of those that are left as they are, since they were never taken; of a corrected text with `message`,
 * the id under which it was taken. What a message said already changes
 * nothing. That somebody did it is recorded. Faults: `forbidden` without the scope to update MessageHeader,
 * `unknown-parameter`, `bad-parameter`, `not-found`, `conflict` when the corrected text is as it came, or that of another message which was kept before, `business-rule` when it cannot be taken either.
 */
@Controller()
export class V2ResendOperation {
  constructor(
    @Inject(ContextDatabaseToken) private readonly database: ContextDatabase,
    @Inject(RelayToken) private readonly relay: Relay,
    @Inject(V2Intake) private readonly intake: V2Intake,
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
  ) {}

  @Handles(v2Resend.contract)
  async resend(caller: Caller, { parameters }: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    assertScope(caller, 'MessageHeader', 'u');
    if (caller.patients !== undefined)
      throw new Fault(
        'forbidden',
        'A caller confined to patients cannot send messages again. Ask an operator.',
      );
    const asked = readResendRequest(Object.keys(parameters), scope.texts[0]);
    const resent = asked.is === 'stretch' ? this.#stretch(caller, asked) : this.#one(caller, asked);
    const { message, ...counts } = await resent;
    const parameter: object[] = Object.entries(counts).map(([name, valueUnsignedInt]) => ({
      name,
      valueUnsignedInt,
    }));
    if (message !== undefined) parameter.push({ name: 'message', valueUuid: `urn:uuid:${message}` });
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }

  async #stretch(caller: Caller, { stretch }: ResendRequest & { is: 'stretch' }): Promise<Resent> {
    const { from, to, listener } = stretch;
    const by = listener === undefined ? '' : ` by ${listener}`;
    await this.#record(caller, `${from.toISOString()} to ${to.toISOString()}${by}`);
    return this.database.transact('*', async (transaction) => {
      transaction.afterCommit(() => this.relay.poke());
      const applied = await applyAgain(transaction, stretch);
      return { applied, rejected: await countRejected(transaction, stretch) };
    });
  }

  async #one(caller: Caller, asked: Exclude<ResendRequest, { is: 'stretch' }>): Promise<Resent> {
    const found = await findMessage(this.database, caller, asked.id);
    if (found === undefined)
      throw new Fault('not-found', 'There is no such message. $v2-messages lists them.');
    await this.#record(caller, asked.is, found);
    switch (asked.is) {
      case 'dismissed':
        return this.#dismiss(found);
      case 'corrected':
        return this.#correct(found, asked.body);
      case 'as it came':
        return this.#again(found);
    }
  }

  /** Who did what, before it is done. */
  #record(caller: Caller, what: string, found?: V2MessageWithBody): Promise<void> {
    return this.store.recordDisclosure(caller, {
      action: 'E',
      type: 'MessageHeader',
      ...(found === undefined ? {} : { id: found.id }),
      count: found === undefined ? 0 : 1,
      patients: found?.patients ?? [],
      detail: `$v2-resend ${what}`,
    });
  }

  async #again(found: V2MessageWithBody): Promise<Resent> {
    if (found.state === 'rejected')
      return taken(await this.intake.takeAsItCame(found), 'The message cannot be taken as it came.');
    const applied = await this.database.transact('*', (transaction) => {
      transaction.afterCommit(() => this.relay.poke());
      return applyAgain(transaction, { ids: [found.id] });
    });
    if (applied > 0) return { applied };
    throw new Fault(
      'not-found',
      'This message cannot be applied again: it waits to be applied, or was dismissed. $v2-messages tells which.',
    );
  }

  async #dismiss({ id }: V2MessageWithBody): Promise<Resent> {
    if (await this.database.transact('*', (transaction) => dismiss(transaction, id))) return { applied: 0 };
    throw new Fault(
      'not-found',
      'No rejected or failed message has this id. $v2-messages?state=rejected,failed lists them.',
    );
  }

  async #correct(found: V2MessageWithBody, body: string): Promise<Resent> {
    const lines = body.split(/\r\n?|\n/).filter((line) => line !== '');
    if (lines.join('\n') === textOf(found.body, found.characterSet)) throw sameAsItCame();
    const { id, issues } = await this.intake.takeCorrected(body.replaceAll(/\r?\n/g, '\r'), found);
    return { ...taken(issues, 'The corrected message cannot be taken either.'), message: id };
  }
}

function sameAsItCame(): Fault {
  return new Fault(
    'conflict',
    'The text is the same as that of the message it is to correct. Correct it, or leave the body out to have the message examined again as it came.',
  );
}

/** Fault `business-rule` with what is wrong, if anything is. */
function taken(issues: readonly V2Issue[], refusal: string): Resent {
  if (issues.length === 0) return { applied: 1 };
  const text = issues.map(({ location, text: what }) => `${location ?? 'the message'}: ${what}`).join(' ');
  throw new Fault('business-rule', `${refusal} ${text}`);
}
