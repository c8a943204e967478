import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase, type Transaction } from '#platform/database';
import { asFault, Fault, type FaultKind } from '#platform/fhir';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { Hl7Fault } from '#platform/hl7v2';
import type { Lineage } from '#platform/v2-to-fhir';
import { v2Received, type V2Received } from '../contract/v2-events.ts';
import {
  findWaiting,
  hasEarlierOfMerged,
  settle,
  type Settlement,
  type WaitingMessage,
} from '../store/v2-messages.ts';
import { ApplyResources, Refused } from './apply-resources.ts';
import { issueOf, ReadV2 } from './read-v2.ts';

/** What another day may mend: the message waits, and with it those of the same patient. */
const passing = new Set<FaultKind>(['unavailable', 'timeout', 'throttled', 'version-conflict', 'exception']);

/**
 * Applies a message that was acknowledged. What a context refuses for good is told in the queue of failed messages and
 * holds nobody up; while a context does not answer, the messages of this patient wait, and those of others go on.
 */
@Controller()
export class V2ReceivedListener {
  constructor(
    @Inject(ContextDatabaseToken) private readonly database: ContextDatabase,
    @Inject(ReadV2) private readonly reading: ReadV2,
    @Inject(ApplyResources) private readonly resources: ApplyResources,
  ) {}

  @Hears(v2Received, 'v2-apply')
  async received(
    caller: Caller,
    event: EventMessage<V2Received>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    const waiting = await findWaiting(this.database, event.payload.message);
    if (waiting === undefined) return;
    if (await hasEarlierOfMerged(this.database, waiting)) {
      throw new Fault(
        'unavailable',
        'Earlier messages of the patient who is merged are still to be applied.',
        {
          retryAfterSeconds: 1,
        },
      );
    }
    const settlement = await this.#apply(caller, waiting);
    await delivery.applyOnce((transaction) => settle(transaction, waiting.id, settlement));
  }

  async #apply(caller: Caller, waiting: WaitingMessage): Promise<Settlement> {
    try {
      const { message } = this.reading.parse(waiting.body, waiting.characterSet);
      const mapped = this.reading.map(message);
      const source = `urn:septum:v2:${waiting.listener}#${encodeURIComponent(waiting.controlId)}`;
      const patients = await this.resources.apply(caller, mapped.resources, source);
      const lineage = Object.fromEntries(
        mapped.resources.map(({ type, id, lineage: of }) => [`${type}/${id}`, of]),
      );
      const issues = mapped.issues.map(({ location, text }) => ({ location, code: '103', text }));
      return { state: 'applied', issues, patients, lineage };
    } catch (error) {
      return { state: 'failed', issues: issuesOf(error), patients: [] };
    }
  }
}

/** What the owner of a resource found wrong, and with which field; thrown on when another day may mend it. */
function issuesOf(error: unknown): Settlement['issues'] {
  if (error instanceof Hl7Fault) return [issueOf(error)];
  const { fault, lineage } =
    error instanceof Refused
      ? { fault: error.fault, lineage: error.resource.lineage }
      : { fault: asFault(error), lineage: [] };
  if (passing.has(fault.kind)) throw error;
  return fault.issues.map(({ diagnostics, expression }) => {
    const location = placeOf(expression, lineage);
    return { code: '207', text: diagnostics, ...(location === undefined ? {} : { location }) };
  });
}

/** Where in the message an element came from: its own place, or that of what it stands in. */
function placeOf(expression: string | undefined, lineage: readonly Lineage[]): string | undefined {
  for (let path = expression?.replace(/^[A-Za-z]+\./, ''); path !== undefined && path !== '';) {
    const made = lineage.find(([element]) => element === path || element.startsWith(`${path}.`));
    if (made !== undefined) return made[1];
    path = path.slice(0, Math.max(path.lastIndexOf('.'), 0));
  }
  return undefined;
}
