import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '#platform/access';
import { Fault } from '#platform/fhir';

declare module 'fastify' {
  interface FastifyRequest {
    /** Put there by the guard; null on public routes. */
    caller: Caller | null;
  }
}

/** The path's parts: `type`, `id`, `version`, `operation`, as far as the route has them. */
export type PathOf<Names extends string = never> = { Params: Readonly<Record<Names, string>> };
export type FhirRequest<Names extends string = never> = FastifyRequest<PathOf<Names>>;
export type FhirReply = FastifyReply;

/** Where the FHIR API begins. */
export const fhirRoot = 'fhir/R4';

export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Fault('unauthenticated', 'Send "Authorization: Bearer <token>".');
  return request.caller;
}
