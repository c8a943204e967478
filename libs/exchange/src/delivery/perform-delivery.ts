import { Inject, Injectable, Logger } from '@nestjs/common';
import { systemCaller, type Caller } from '#platform/access';
import { directoryResources } from '#directory/contract';
import { Fault } from '#platform/fhir';
import { Messenger } from '#platform/messaging';
import { OutboundHttp, type Partners } from '#platform/outbound';
import type { Resource } from '#platform/store';
import { readCommunicationContent, settleCommunication } from '#transitions/contract';
import { pauseBeforeNext } from '../domain/delivery-pause.ts';
import { isPassing } from '../domain/is-passing.ts';
import { recipientOf, type Recipient } from '../domain/recipient.ts';
import { givesUp, type Verdict } from '../domain/verdict.ts';
import { Deliveries, type Delivery, type DeliveryEnd } from '../store/deliveries.ts';
import { SendContent } from './send-content.ts';

const shortPauseMs = 1_000;
const longestPauseMs = 30_000;
/** As `settleCommunication` takes it. */
const longestReason = 1_000;
const log = new Logger('exchange');

/** Does for one delivery what is to be done next: sends it, or tells `transitions` how it ended. */
@Injectable()
export class PerformDelivery {
  readonly #messenger: Messenger;
  readonly #deliveries: Deliveries;
  readonly #content: SendContent;
  readonly #partners: Partners;
  readonly #part = systemCaller('exchange');

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(Deliveries) deliveries: Deliveries,
    @Inject(SendContent) content: SendContent,
    @Inject(OutboundHttp) { partners }: OutboundHttp,
  ) {
    this.#messenger = messenger;
    this.#deliveries = deliveries;
    this.#content = content;
    this.#partners = partners;
  }

  /** What fails by no fault of the recipient's is left for a moment later, and thrown. */
  async next(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const waits = delivery.state === 'waiting';
    try {
      await (waits ? this.#deliver(delivery, signal) : this.#settle(delivery));
    } catch (error) {
      const pauseMs = waits ? shortPauseMs : shortPauseMs * 2 ** delivery.failures;
      await this.#deliveries.postpone(delivery, Math.min(pauseMs, longestPauseMs));
      throw error;
    }
  }

  async #deliver(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const recipient = await this.#recipientOf(delivery);
    if (typeof recipient === 'string') return this.#end(delivery, unsent(recipient));
    await this.#heed(delivery, recipient, await this.#send(delivery, recipient, signal));
  }

  /** @returns what is wrong with its Endpoint, where nothing may be sent there */
  async #recipientOf({ endpoint }: Delivery): Promise<Recipient | string> {
    const request = { type: 'Endpoint', id: endpoint };
    try {
      const { texts } = await this.#messenger.call(this.#part, directoryResources.read, request);
      return recipientOf(JSON.parse(texts[0]!) as Resource, (url, kind) => this.#partners.at(url, kind));
    } catch (error) {
      if (!(error instanceof Fault) || isPassing(error.kind)) throw error;
      return `Endpoint/${endpoint} cannot be read (${error.kind}). Write it anew, then send this again with $delivery-resend.`;
    }
  }

  async #send(delivery: Delivery, recipient: Recipient, signal: AbortSignal): Promise<Verdict | undefined> {
    const { name } = recipient.partner;
    // The audit of who is read there names for whom: this part can speak only for itself.
    const caller = { ...this.#part, client: `partner/${name}`, purposeOfUse: 'TREAT' };
    const text = await this.#contentFor(caller, delivery);
    if (typeof text !== 'string') return text;
    if (!(await this.#deliveries.begin(delivery, name))) return undefined;
    return this.#content.send(caller, { delivery, recipient, text, signal });
  }

  /** What is told, or why nothing is. */
  async #contentFor(caller: Caller, { communication }: Delivery): Promise<string | Verdict> {
    try {
      const { texts } = await this.#messenger.call(caller, readCommunicationContent, { communication });
      return texts[0] || withdrawn;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { kind, message: reason } = error;
      if (kind === 'not-found' || kind === 'gone') return withdrawn;
      // What breaks there each time must not hold up for ever what follows here.
      if (kind === 'exception') return { is: 'again', proof: 'not sent', reason, isRefusal: false };
      if (isPassing(kind)) throw error;
      return { is: 'unsendable', reason };
    }
  }

  /** @param verdict undefined when somebody else has ended it meanwhile */
  async #heed(delivery: Delivery, { partner }: Recipient, verdict: Verdict | undefined): Promise<void> {
    switch (verdict?.is) {
      case 'taken':
        return this.#end(delivery, { state: 'completed', proof: verdict.proof });
      case 'refused':
        return this.#end(delivery, { ...unsent(verdict.reason), proof: verdict.proof, refused: true });
      case 'unsendable':
        return this.#end(delivery, unsent(verdict.reason));
      case 'again': {
        const pauseMs = pauseBeforeNext(delivery.failures + 1, delivery.dueForMs, partner.retryForMs);
        const gaveUp = givesUp(verdict, delivery.refusals, pauseMs);
        const { proof, isRefusal: refused } = verdict;
        return gaveUp === undefined
          ? this.#deliveries.again(delivery, pauseMs ?? 0, verdict)
          : this.#end(delivery, { ...unsent(gaveUp), proof, refused });
      }
    }
  }

  async #end(delivery: Delivery, end: DeliveryEnd): Promise<void> {
    await this.#deliveries.end(delivery, end);
    if (end.state === 'stopped') log.warn({ component: 'deliveries', event: 'stopped' });
  }

  async #settle(delivery: Delivery): Promise<void> {
    const { communication, state, endedAt, attempts, proof, reason } = delivery;
    const request = {
      communication,
      outcome: state === 'completed' ? ('completed' as const) : ('stopped' as const),
      at: new Date(endedAt ?? Date.now()).toISOString(),
      attempts,
      proof: proof ?? '',
      ...(reason === null ? {} : { reason: reason.slice(0, longestReason) }),
    };
    try {
      await this.#messenger.call(this.#part, settleCommunication, request);
    } catch (error) {
      if (!(error instanceof Fault) || isPassing(error.kind)) throw error;
      // It would be refused each time; the row says how it ended all the same.
      log.warn({ component: 'deliveries', error });
    }
    await this.#deliveries.settled(delivery);
  }
}

const withdrawn: Verdict = { is: 'unsendable', reason: 'Withdrawn before it was sent.' };

function unsent(reason: string): DeliveryEnd {
  return { state: 'stopped', proof: 'not sent', reason };
}
