import { readFile } from 'node:fs/promises';
import { request as plainRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as secureRequest, type RequestOptions } from 'node:https';
import { Fault } from '#platform/fhir';
import { checkedLookup, type Resolve } from './checked-lookup.ts';
import type { Partner } from './partner.ts';

/** What a partner answered, whatever its status, a redirection excepted. */
export interface OutboundAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface PartnerCall {
  readonly method: 'GET' | 'POST';
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
    [partner.tokenFile, partner.caFile, partner.certFile, partner.keyFile].map((file) => read(partner, file)),
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

async function read(partner: Partner, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const text = (await readFile(file, 'utf8')).trim();
    if (text !== '') return text;
  } catch {
    // Said below: the cause would tell no more than the file's name, which stands there.
  }
  throw new Fault(
    'unavailable',
    `Partner ${partner.name}: ${JSON.stringify(file)} cannot be read or is empty.`,
  );
}

function answered(partner: Partner, call: PartnerCall, options: RequestOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = call.url.protocol === 'https:' ? secureRequest : plainRequest;
    const request = send(call.url, options, resolve);
    request.on('error', (error) => reject(failed(partner, error)));
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
    throw error instanceof Fault ? error : failed(partner, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Node's codes (`ECONNREFUSED`, `CERT_HAS_EXPIRED`) tell an operator what to look at; its sentences may quote more. */
function failed(partner: Partner, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return new Fault(
    'unavailable',
    `Partner ${partner.name} was not reached (${code}). Look at its address, its certificate, and the network to it.`,
  );
}
