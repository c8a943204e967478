import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { encodeV2 } from '#platform/fhir-to-v2';
import { exit, OutboundHttp, OutboundMllp, type Disclosure } from '#platform/outbound';
import { RuleBook } from '#platform/rules';
import type { Resource } from '#platform/store';
import type { Recipient } from '../domain/recipient.ts';
import {
  verdictOfAcknowledgement,
  verdictOfResponse,
  verdictOfStatus,
  type Verdict,
} from '../domain/verdict.ts';
import { sitePackForAll } from '../rules/v2-mappers.ts';
import type { Delivery } from '../store/deliveries.ts';
import { controlIdOf } from './control-id.ts';

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

/** What is on its way. */
interface Outgoing extends Sending {
  readonly bundle: Resource;
  readonly concerns: Disclosure;
}

const log = new Logger('exchange');

/** Brings a Bundle to a recipient by the transport that its Endpoint names. */
@Injectable()
export class SendContent {
  readonly #http: OutboundHttp;
  readonly #mllp: OutboundMllp;
  readonly #rules: RuleBook;

  constructor(
    @Inject(OutboundHttp) http: OutboundHttp,
    @Inject(OutboundMllp) mllp: OutboundMllp,
    @Inject(RuleBook) rules: RuleBook,
  ) {
    this.#http = http;
    this.#mllp = mllp;
    this.#rules = rules;
  }

  /** What the recipient made of it. Throws when that is not known by a fault of ours, or because the signal came. */
  async send(caller: Caller, sending: Sending): Promise<Verdict> {
    const { communication: id, patients } = sending.delivery;
    const concerns = { type: 'Communication', id, count: 1, patients };
    try {
      return await this.#by(caller, { ...sending, bundle: parsed(sending.text), concerns });
    } catch (error) {
      if (sending.signal.aborted || !(error instanceof Fault) || error.kind === 'exception') throw error;
      const { kind, message: reason } = error;
      // Where there is time to wait for, it is the recipient's; all else would be the same the next time.
      if (kind === 'unavailable' || kind === 'timeout')
        return { is: 'again', proof: 'no answer', reason, isRefusal: false };
      return { is: 'unsendable', reason };
    }
  }

  #by(caller: Caller, outgoing: Outgoing): Promise<Verdict> {
    switch (outgoing.recipient.transport) {
      case 'hl7-fhir-rest':
        return this.#put(caller, outgoing);
      case 'hl7-fhir-msg':
        return this.#process(caller, outgoing);
      case 'hl7v2-mllp':
        return this.#tell(caller, outgoing);
    }
  }

  /** Update as create: the same document again is the same document there. https://hl7.org/fhir/R4/http.html#upsert */
  async #put(caller: Caller, outgoing: Outgoing): Promise<Verdict> {
    const url = `${outgoing.recipient.address}/Bundle/${String(outgoing.bundle.id)}`;
    const { status } = await this.#request(caller, outgoing, 'PUT', url);
    return verdictOfStatus(status);
  }

  /** https://hl7.org/fhir/R4/messageheader-operation-process-message.html */
  async #process(caller: Caller, outgoing: Outgoing): Promise<Verdict> {
    if (outgoing.bundle['type'] !== 'message')
      throw new Fault(
        'not-supported',
        'What is told is no message, and its Endpoint takes messages only. Give the recipient one of type hl7-fhir-rest for documents.',
      );
    const { address } = outgoing.recipient;
    const url = address.endsWith('/$process-message') ? address : `${address}/$process-message`;
    const { status, text } = await this.#request(caller, outgoing, 'POST', url);
    return verdictOfResponse(status, text);
  }

  #request(
    caller: Caller,
    { recipient, text, concerns, signal }: Outgoing,
    method: 'PUT' | 'POST',
    url: string,
  ) {
    const mime = 'application/fhir+json';
    return this.#http.request(caller, communicationByFhir, {
      partner: recipient.partner.name,
      method,
      url,
      headers: { 'content-type': mime, accept: mime },
      body: text,
      concerns,
      signal,
    });
  }

  async #tell(caller: Caller, outgoing: Outgoing): Promise<Verdict> {
    const { delivery, recipient, concerns, signal } = outgoing;
    const controlId = controlIdOf(delivery);
    const answer = await this.#mllp.send(caller, communicationByV2, {
      partner: recipient.partner.name,
      url: recipient.address,
      content: await this.#encoded(outgoing, controlId),
      controlId,
      concerns,
      signal,
    });
    return verdictOfAcknowledgement(answer, controlId);
  }

  /** In UTF-8, as its MSH-18 tells. What cannot be written now cannot be written the next time either, and must not hold up what follows. */
  async #encoded({ delivery, recipient, text: bundle }: Outgoing, controlId: string): Promise<Buffer> {
    const { sender, receiver } = recipient.partner;
    // Time and rules are those of the delivery, so that what is sent again is the same to the last byte.
    const at = delivery.heardAt;
    const pack = sitePackForAll(await this.#rules.inForce(at));
    try {
      const { text, leftOut } = encodeV2({ bundle, sender, receiver, controlId, at, pack });
      if (leftOut.length > 0) log.log({ component: 'deliveries', event: 'left out', paths: told(leftOut) });
      return Buffer.from(text);
    } catch (error) {
      if (error instanceof Fault) throw error;
      log.warn({ component: 'deliveries', error });
      throw new Fault(
        'not-supported',
        'What is told cannot be written in HL7 v2. The log says where it broke.',
      );
    }
  }
}

/** As long as the log takes a word. */
function told(paths: readonly string[]): readonly string[] {
  return paths.map((path) => path.slice(0, 64));
}

function parsed(text: string): Resource {
  try {
    return JSON.parse(text) as Resource;
  } catch {
    // The parser's own words would quote it.
    throw new Fault('malformed', 'What is told is not JSON. Tell whoever looks after Septum.');
  }
}
