import type { Edge, FhirCall } from '../edge.ts';
import { callerOf, fhirRoot, type FhirRequest } from './fhir-request.ts';
import { assertAcceptable } from './negotiate.ts';

const hostGrammar = /^[A-Za-z0-9.\-:[\]]{1,255}$/;

/** A request as the interactions see it; refuses one whose client takes no FHIR JSON. */
export function fhirCall(edge: Edge, request: FhirRequest): FhirCall {
  const { headers } = request;
  assertAcceptable(headers.accept, request.query);
  return {
    caller: callerOf(request),
    base: baseOf(edge, request),
    traceparent: single(headers.traceparent),
    headers,
  };
}

/** The base of all FHIR addresses, as this client reaches it. */
export function baseOf(edge: Edge, request: FhirRequest): string {
  if (edge.settings.publicUrl !== undefined) return `${edge.settings.publicUrl}/${fhirRoot}`;
  const { host } = request.headers;
  return `http://${host !== undefined && hostGrammar.test(host) ? host : 'localhost'}/${fhirRoot}`;
}

/** The one value of a header; a header sent twice counts as not sent. */
export function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The parameters of an address, in the order they were written. */
export function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}
