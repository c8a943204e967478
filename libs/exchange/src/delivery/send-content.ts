import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { exit, OutboundHttp, OutboundMllp, type Disclosure } from '#platform/outbound';
import type { Resource } from '#platform/store';
import type { Recipient } from '../domain/recipient.ts';
import {
  verdictOfAcknowledgement,
  verdictOfResponse,
  verdictOfStatus,
  type Verdict,
} from '../domain/verdict.ts';
import type { Delivery } from '../store/deliveries.ts';
import { controlIdOf, EncodeV2Token, type EncodeV2 } from './encode-v2.ts';

const documentation = 'A discharge document or a notice, to a recipient that is to be told of it';

export const communicationByFhir = exit('exchange', {
  name: 'communication-by-fhir',
  kind: 'fhir-push',
  action: 'R',
  documentation: `${documentation}: a Bundle, put or sent as a message to its Endpoint.`,
});

export const communicationByV2 = exit('exchange', {
  name: 'communication-by-v2',
  kind: 'mllp',
  action: 'R',
  documentation: `${documentation}: an HL7 v2 message to its Endpoint.`,
});

export interface Sending {
  readonly delivery: Delivery;
  readonly recipient: Recipient;
  /** The Bundle, as it was written. */
  readonly text: string;
  readonly signal: AbortSignal;
}

const log = new Logger('exchange');

type Way = (caller: Caller, sending: Sending, bundle: Resource, concerns: Disclosure) => Promise<Verdict>;

/** Brings a Bundle to a recipient by the transport that its Endpoint names. */
@Injectable()
export class SendContent {
  readonly #http: OutboundHttp;
  readonly #mllp: OutboundMllp;
  readonly #encode: EncodeV2;
  readonly #ways: Readonly<Record<Recipient['transport'], Way>> = {
    'hl7-fhir-rest': (...sending) => this.#put(...sending),
    'hl7-fhir-msg': (...sending) => this.#process(...sending),
    'hl7v2-mllp': (...sending) => this.#tell(...sending),
  };

  constructor(
    @Inject(OutboundHttp) http: OutboundHttp,
    @Inject(OutboundMllp) mllp: OutboundMllp,
    @Inject(EncodeV2Token) encode: EncodeV2,
  ) {
    this.#http = http;
    this.#mllp = mllp;
    this.#encode = encode;
  }

  /** What the recipient made of it. Throws when that is not known by a fault of ours, or because the signal came. */
  async send(caller: Caller, sending: Sending): Promise<Verdict> {
    const { delivery, recipient, text, signal } = sending;
    const { communication: id, patients } = delivery;
    const concerns = { type: 'Communication', id, count: 1, patients };
    try {
      return await this.#ways[recipient.transport](caller, sending, parsed(text), concerns);
    } catch (error) {
      if (signal.aborted || !(error instanceof Fault) || error.kind === 'exception') throw error;
      const { message: reason } = error;
      // Where there is time to wait for, it is the recipient's; all else would be the same the next time.
      if (error.kind === 'unavailable' || error.kind === 'timeout')
        return { is: 'again', proof: 'no answer', reason, isRefusal: false };
      return { is: 'unsendable', reason };
    }
  }

  /** Update as create: the same document again is the same document there. https://hl7.org/fhir/R4/http.html#upsert */
  async #put(caller: Caller, sending: Sending, bundle: Resource, concerns: Disclosure): Promise<Verdict> {
    const url = `${sending.recipient.address}/Bundle/${String(bundle['id'])}`;
    const answer = await this.#request(caller, sending, { method: 'PUT', url, concerns });
    return verdictOfStatus(answer.status);
  }

  /** https://hl7.org/fhir/R4/messageheader-operation-process-message.html */
  async #process(caller: Caller, sending: Sending, bundle: Resource, concerns: Disclosure): Promise<Verdict> {
    if (bundle['type'] !== 'message')
      throw new Fault(
        'not-supported',
        'What is told is no message, and its Endpoint takes messages only. Give the recipient one of type hl7-fhir-rest for documents.',
      );
    const { address } = sending.recipient;
    const url = address.endsWith('/$process-message') ? address : `${address}/$process-message`;
    const answer = await this.#request(caller, sending, { method: 'POST', url, concerns });
    return verdictOfResponse(answer.status, answer.text);
  }

  async #tell(caller: Caller, sending: Sending, bundle: Resource, concerns: Disclosure): Promise<Verdict> {
    const { delivery, recipient, signal } = sending;
    const controlId = controlIdOf(delivery);
    const code = await this.#mllp.send(caller, communicationByV2, {
      partner: recipient.partner.name,
      url: recipient.address,
      content: this.#encoded(bundle, controlId),
      controlId,
      concerns,
      signal,
    });
    return verdictOfAcknowledgement(code, controlId);
  }

  /** What cannot be written now cannot be written the next time either, and must not hold up what follows. */
  #encoded(bundle: Resource, controlId: string): Buffer {
    try {
      return Buffer.from(this.#encode(bundle, { controlId }));
    } catch (error) {
      if (error instanceof Fault) throw error;
      log.warn({ component: 'deliveries', error });
      throw new Fault(
        'not-supported',
        'What is told cannot be written in HL7 v2. The log says where it broke.',
      );
    }
  }

  #request(
    caller: Caller,
    { recipient, text, signal }: Sending,
    to: { readonly method: 'PUT' | 'POST'; readonly url: string; readonly concerns: Disclosure },
  ) {
    const mime = 'application/fhir+json';
    const headers = { 'content-type': mime, accept: mime };
    const { name: partner } = recipient.partner;
    return this.#http.request(caller, communicationByFhir, { partner, headers, body: text, signal, ...to });
  }
}

function parsed(text: string): Resource {
  try {
    return JSON.parse(text) as Resource;
  } catch {
    // The parser's own words would quote it.
    throw new Fault('malformed', 'What is told is not JSON. Tell whoever looks after Septum.');
  }
}
