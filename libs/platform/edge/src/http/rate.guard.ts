import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FhirRequest } from './fhir-request.ts';
import type { RateLimit } from './rate-limit.ts';

/** Holds each client to its share. Runs after authentication, so the client is known; public routes are not counted. */
export class RateGuard implements CanActivate {
  readonly #limit: RateLimit;

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FhirRequest>();
    if (request.caller !== null)
      this.#limit.take(request.caller.client, isBulk(request) ? 'bulk' : 'interactive');
    return true;
  }
}

/** Operations and Bundles each mean many reads or writes. */
function isBulk({ url, method }: FhirRequest): boolean {
  return url.includes('/$') || (method === 'POST' && /^\/fhir\/R4\/?(\?|$)/.test(url));
}
