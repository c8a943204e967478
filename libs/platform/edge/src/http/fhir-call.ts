import type { Edge, FhirCall } from '../edge.ts';
import { callerOf, fhirRoot, type FhirRequest } from './fhir-request.ts';
import { assertAcceptable } from './negotiate.ts';

/** A request as the interactions see it; refuses one whose client takes no FHIR JSON, unless it is answered otherwise. */
export function fhirCall(edge: Edge, request: FhirRequest, format?: string): FhirCall {
  const { headers } = request;
  if (format === undefined) assertAcceptable(headers.accept, request.query);
  return {
    caller: callerOf(request),
    base: `${edge.settings.publicUrl()}/${fhirRoot}`,
    traceparent: single(headers.traceparent),
    headers,
  };
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
