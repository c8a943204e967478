import { request as plainRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as secureRequest, type RequestOptions } from 'node:https';
import { Fault } from '#platform/fhir';
import { checkedLookup, type Resolve } from './checked-lookup.ts';
import { notReached, partnerFile } from './partner-connection.ts';
import type { Partner } from './partner.ts';

/** What a partner answered, whatever its status, a redirection excepted. */
export interface OutboundAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface PartnerCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Bytes. */
  readonly answerLimit: number;
  readonly signal: AbortSignal;
}

/**
 * One HTTP exchange, on a connection of its own: what was checked is what is used, and nothing fails because a partner
 * had given up an idle one. Redirections are not followed.
 *
 * @throws Fault `unavailable`; never with the URL, which may name a patient
 */
export async function callPartner(
  partner: Partner,
  call: PartnerCall,
  resolve: Resolve,
): Promise<OutboundAnswer> {
  const options = await optionsOf(partner, call, resolve);
  const response = await answered(partner, call, options);
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    response.destroy();
    throw new Fault(
      'unavailable',
      `Partner ${partner.name} redirects (${status}), which Septum does not follow. Declare the address it is at now.`,
    );
  }
  return { status, headers: response.headers, text: await textOf(partner, response, call.answerLimit) };
}

async function optionsOf(partner: Partner, call: PartnerCall, resolve: Resolve): Promise<RequestOptions> {
  const [token, ca, cert, key] = await Promise.all(
    [partner.tokenFile, partner.caFile, partner.certFile, partner.keyFile].map((file) =>
      partnerFile(partner, file),
    ),
  );
  const bytes = call.body === undefined ? undefined : Buffer.byteLength(call.body);
  return {
    method: call.method,
    agent: false,
    signal: call.signal,
    lookup: checkedLookup(partner, resolve),
    headers: {
      ...call.headers,
      'accept-encoding': 'identity',
      ...(bytes === undefined ? {} : { 'content-length': String(bytes) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert, key }),
  };
}

function answered(partner: Partner, call: PartnerCall, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = call.url.protocol === 'https:' ? secureRequest : plainRequest;
    const request = send(call.url, options, resolve);
    request.on('error', (error) => reject(notReached(partner, error)));
    request.end(call.body);
  });
}

async function textOf(partner: Partner, response: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) {
        response.destroy();
        throw new Fault(
          'unavailable',
          `Partner ${partner.name} answered more than ${limit} bytes. Ask it for less.`,
        );
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw notReached(partner, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}
