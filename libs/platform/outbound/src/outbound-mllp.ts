import type { Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { formatLocation, MllpClient, MllpError, parseLocation, type Message } from '#platform/hl7v2';
import { checkedLookup, resolveByDns } from './checked-lookup.ts';
import type { Exit } from './exit.ts';
import { destination, recorded, type Leaving, type OutboundOptions } from './leave.ts';
import { notReached, partnerFile } from './partner-connection.ts';
import type { Partner } from './partner.ts';

export interface OutboundMessage extends Leaving {
  /** The message, in the character set that its MSH-18 names. */
  readonly content: Uint8Array;
  /** Its MSH-10. */
  readonly controlId: string;
  readonly signal?: AbortSignal;
}

/** What a partner said of a message. */
export interface OutboundAcknowledgement {
  /** MSA-1. */
  readonly code: string;
  /** ERR-3 of the first error, since version 2.5, of https://terminology.hl7.org/CodeSystem-v2-0357.html. */
  readonly error: string | undefined;
  /** ERR-2 of the same: `PID-3[2].4`; only what reads as a place, since partners write what they like. */
  readonly place: string | undefined;
}

const messageLimit = 16 * 1024 * 1024;

/** Sends HL7 v2 messages to the partners of an installation, for one context. */
export class OutboundMllp {
  readonly #options: OutboundOptions;

  constructor(options: OutboundOptions) {
    this.#options = options;
  }

  /**
   * Sends a message once, on a connection of its own, and answers what acknowledges it: what was checked is what is used, and nothing fails because a partner had given up an idle connection. The audit record that names the
   * recipient is durable before anything leaves.
   *
   * @throws Fault `forbidden`: no partner of the exit's kind is declared there; `too-large`; `unavailable`: no
   * acknowledgement came, though the message may have arrived
   */
  async send(caller: Caller, exit: Exit, message: OutboundMessage): Promise<OutboundAcknowledgement> {
    const { partner, url } = destination(this.#options, exit, message);
    if (message.content.byteLength > messageLimit)
      throw new Fault('too-large', `More than ${messageLimit} bytes for ${partner.name}. Send less at once.`);
    await recorded(this.#options, caller, exit, message);
    const client = await this.#connect(partner, url);
    try {
      const { code, message: answer } = await client.send(message.content, message.controlId, message.signal);
      return { code, error: answer.at('ERR-3.1'), place: placeIn(answer) };
    } catch (error) {
      throw failed(partner, error);
    } finally {
      client.close();
    }
  }

  async #connect(partner: Partner, url: URL): Promise<MllpClient> {
    const [authorities, certificate, key] = await Promise.all(
      [partner.caFile, partner.certFile, partner.keyFile].map((file) => partnerFile(partner, file)),
    );
    const tls = {
      ...(authorities === undefined ? {} : { authorities }),
      ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
    };
    return new MllpClient({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port),
      lookup: checkedLookup(partner, this.#options.resolve ?? resolveByDns),
      timeoutMs: partner.timeoutMs,
      ...(url.protocol === 'mllps:' ? { tls } : {}),
      // Whether it may be in the clear was decided when the partner was declared.
      allowPlain: true,
    });
  }
}

/** The numbers of a place are short: a longer one is something else, which may be the patient's. */
function placeIn(answer: Message): string | undefined {
  const [segment = '', ...numbers] = [1, 2, 3, 4, 5].map((part) => answer.at(`ERR-2.${part}`));
  if (!/^[A-Z][A-Z0-9]{2}$/.test(segment)) return undefined;
  if (numbers.some((each) => each !== undefined && !/^[1-9]\d{0,2}$/.test(each))) return undefined;
  const [occurrence = '1', field, repetition = '1', component] = numbers;
  const within = component === undefined ? '' : `.${component}`;
  const place = field === undefined ? '' : `-${field}[${repetition}]${within}`;
  return formatLocation(parseLocation(`${segment}[${occurrence}]${place}`));
}

function failed(partner: Partner, error: unknown): unknown {
  if (!(error instanceof MllpError)) return error;
  if (!error.wasSent) return notReached(partner, error.cause ?? { code: 'no answer in time' });
  return new Fault('unavailable', `Partner ${partner.name}: ${error.message}`);
}
