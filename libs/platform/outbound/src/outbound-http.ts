import type { Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { callPartner, type OutboundAnswer, type PartnerCall } from './call-partner.ts';
import { resolveByDns } from './checked-lookup.ts';
import type { Exit } from './exit.ts';
import { destination, recorded, type Leaving, type OutboundOptions } from './leave.ts';
import type { Partner } from './partner.ts';
import type { Partners } from './partners.ts';

export interface OutboundRequest extends Leaving {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Never `authorization`, which is the partner's own. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Shorter than the partner's own. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const requestLimit = 16 * 1024 * 1024;
const answerLimit = 16 * 1024 * 1024;

/** Calls the partners of an installation, for one context. */
export class OutboundHttp {
  readonly partners: Partners;
  readonly #options: OutboundOptions;

  constructor(options: OutboundOptions) {
    this.partners = options.partners;
    this.#options = options;
  }

  /**
   * The answer of a partner, whatever its status, to what is sent once. An audit record that names the recipient is durable before anything
   * leaves, if it concerns a patient.
   *
   * @throws Fault `forbidden`: no partner of the exit's kind is declared there; `too-large`; `timeout`; `unavailable`
   */
  async request(caller: Caller, exit: Exit, request: OutboundRequest): Promise<OutboundAnswer> {
    const { partner, url } = destination(this.#options, exit, request);
    if (Buffer.byteLength(request.body ?? '') > requestLimit)
      throw new Fault('too-large', `More than ${requestLimit} bytes for ${partner.name}. Send less at once.`);
    await recorded(this.#options, caller, exit, request);
    return this.#within(partner, request, (signal) => this.#call(partner, url, request, signal));
  }

  async #within<T>(
    partner: Partner,
    { timeoutMs = partner.timeoutMs, signal: called }: OutboundRequest,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const time = AbortSignal.timeout(Math.min(timeoutMs, partner.timeoutMs));
    const signal = called === undefined ? time : AbortSignal.any([time, called]);
    try {
      signal.throwIfAborted();
      return await work(signal);
    } catch (error) {
      if (called?.aborted === true) throw called.reason;
      if (!time.aborted) throw error;
      throw new Fault(
        'timeout',
        `Partner ${partner.name} did not answer in time. Look at it, or give it more.`,
      );
    }
  }

  #call(
    partner: Partner,
    url: URL,
    { method, headers = {}, body }: OutboundRequest,
    signal: AbortSignal,
  ): Promise<OutboundAnswer> {
    const call: PartnerCall = { method, url, headers: ownHeaders(headers), body, answerLimit, signal };
    return callPartner(partner, call, this.#options.resolve ?? resolveByDns);
  }
}

/** Where a call goes and as whom is the partner's declaration alone. */
function ownHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = [
    'authorization',
    'proxy-authorization',
    'host',
    'cookie',
    'content-length',
    'transfer-encoding',
  ];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name.toLowerCase())));
}
