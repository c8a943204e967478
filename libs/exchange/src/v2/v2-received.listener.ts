import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { packCode, RuleBook } from '#platform/rules';
import { v2Received, type V2Received } from './v2-events.ts';
import { mapperOf } from '../rules/v2-mappers.ts';
import { WaitingMessages, type Settlement, type WaitingMessage } from '../store/waiting-messages.ts';
import { ApplyResources } from './apply-resources.ts';
import { readV2 } from './read-v2.ts';
import { issuesOf } from './refused.ts';

/** Patients whose messages are applied at the same time. What they ask of a context in one moment shares its round trips. */
const sideBySide = 8;

/**
 * Applies a message that was acknowledged. What a context refuses for good is told in the queue of failed messages and
 * holds nobody up; while a context does not answer, the messages of this patient wait, and those of others go on.
 */
@Controller()
export class V2ReceivedListener {
  constructor(
    @Inject(WaitingMessages) private readonly messages: WaitingMessages,
    @Inject(ApplyResources) private readonly resources: ApplyResources,
    @Inject(RuleBook) private readonly rules: RuleBook,
  ) {}

  @Hears(v2Received, 'v2-apply', { sideBySide })
  async received(caller: Caller, event: EventMessage<V2Received>, delivery: Delivery): Promise<void> {
    const waiting = await this.messages.find(event.payload.message);
    if (waiting === undefined) return;
    if (await this.messages.hasEarlierOfMerged(waiting)) {
      throw new Fault(
        'unavailable',
        'Earlier messages of the patient who is merged are still to be applied.',
        {
          retryAfterSeconds: 1,
        },
      );
    }
    const settlement = await this.#apply(caller, waiting);
    await delivery.applyWith((mark) => this.messages.settle(waiting, settlement, mark));
  }

  /** By the rules of the instant at which it came, or was taken after all, however often and whenever it is applied. */
  async #apply(caller: Caller, waiting: WaitingMessage): Promise<Settlement> {
    const pack = await this.rules.inForce(waiting.rulesAt);
    const rules = pack === undefined ? {} : { rules: packCode(pack) };
    try {
      const { message } = readV2(waiting.body, waiting.characterSet);
      const mapped = mapperOf(pack, waiting.listener).map(message);
      const source = `urn:septum:v2:${waiting.listener}#${encodeURIComponent(waiting.controlId)}`;
      const { patients, issues: left } = await this.resources.apply(caller, mapped.resources, source);
      const lineage = Object.fromEntries(
        mapped.resources.map(({ type, id, lineage: of }) => [`${type}/${id}`, of]),
      );
      const issues = [...mapped.issues, ...left].map(({ location, code, text }) => ({
        location,
        code,
        text,
      }));
      return { state: 'applied', issues, patients, lineage, ...rules };
    } catch (error) {
      return { state: 'failed', issues: issuesOf(error), patients: [], ...rules };
    }
  }
}
