import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { asFault, Fault, isResourceType, operationOutcome, type FaultKind } from '#platform/fhir';
import { RefusalLog } from '../home/refusal-log.ts';
import type { FhirReply, FhirRequest } from './fhir-request.ts';
import { fhirJson } from './negotiate.ts';
import { hasBody } from './read-body.ts';
import { isSignIn, sendSignInPage } from './sign-in-page.ts';

/** What Nest and Fastify themselves refuse, by the status they would answer with. */
const refusals: Readonly<Record<number, readonly [FaultKind, string]>> = {
  400: ['malformed', 'The request is malformed.'],
  404: ['not-found', 'There is nothing at this address. /fhir/R4/metadata says what there is.'],
  405: [
    'method-not-allowed',
    'This address does not take that method. /fhir/R4/metadata says what there is.',
  ],
  408: ['malformed', 'The request did not arrive in time. Send it again.'],
  413: ['too-large', 'The body is too large.'],
  414: ['malformed', 'The address is too long.'],
  415: ['unsupported-media', 'Send the body as application/fhir+json.'],
};

const audited = new Set([401, 403, 429]);

/** Every error that leaves by HTTP leaves here, as an OperationOutcome; at the console's sign-in as a page. */
@Catch()
export class FaultFilter implements ExceptionFilter {
  readonly #log = new Logger('edge');
  readonly #refusals: RefusalLog;

  constructor(refusals: RefusalLog) {
    this.#refusals = refusals;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FhirRequest>(), http.getResponse<FhirReply>());
  }

  answer(error: unknown, request: FhirRequest, reply: FhirReply): void {
    const fault = refusalOf(error, request.method) ?? asFault(error);
    if (fault.kind === 'exception') this.#record(error, request);
    if (audited.has(fault.status)) this.#audit(fault.status, request);
    if (reply.sent) return;
    if (fault.status === 401) reply.header('www-authenticate', 'Bearer realm="septum"');
    if (fault.retryAfterSeconds !== undefined || fault.status === 503 || fault.status === 429) {
      reply.header('retry-after', String(Math.max(1, Math.ceil(fault.retryAfterSeconds ?? 1))));
    }
    // What is left of a body that nobody reads would be taken for the next request.
    if (!request.raw.complete && hasBody(request.raw)) reply.header('connection', 'close');
    reply.code(fault.status);
    if (isSignIn(request)) return sendSignInPage(fault, reply);
    reply.header('content-type', fhirJson).send(operationOutcome(fault));
  }

  #audit(status: number, { method, params, caller, ip }: FhirRequest): void {
    const { type = '' } = (params ?? {}) as { type?: string };
    this.#refusals.append({
      status,
      subject: caller?.subject ?? '',
      client: caller?.client ?? '',
      address: ip,
      method,
      type: isResourceType(type) ? type : '',
    });
  }

  /** The log itself lets names, codes and places through, and no text that may quote what was in the request. */
  #record(error: unknown, request: FhirRequest): void {
    const thrown = error instanceof Fault ? (error.cause ?? error) : error;
    this.#log.error({ requestId: request.id, error: thrown });
  }
}

function refusalOf(error: unknown, method: string): Fault | undefined {
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status === undefined) return undefined;
  const known = refusals[status === 404 && !/^(GET|HEAD|POST|PUT|DELETE)$/.test(method) ? 405 : status];
  if (known !== undefined) return new Fault(known[0], known[1]);
  return status < 500 ? new Fault('malformed', 'The request is malformed.') : undefined;
}

/** Fastify's own errors carry a code of theirs and a status. */
function statusOf(error: unknown): number | undefined {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const isOwn = typeof code === 'string' && code.startsWith('FST_');
  return isOwn && typeof statusCode === 'number' ? statusCode : undefined;
}
