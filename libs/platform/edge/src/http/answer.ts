import type { Stored } from '#platform/store';
import type { FhirCall } from '../edge.ts';
import { etagOf, preferredReturn } from './conditions.ts';
import type { FhirReply } from './fhir-request.ts';
import { single } from './fhir-call.ts';
import { fhirJson } from './negotiate.ts';
import { successText } from './outcome.ts';

/** What an interaction answers, before it becomes an HTTP response or an entry of a Bundle. */
export interface Answer {
  readonly status: 200 | 201 | 202 | 204 | 304;
  /** A FHIR resource as JSON text, or what `format` says. */
  readonly text?: string;
  /** The media type of a text that is no FHIR JSON. */
  readonly format?: string;
  readonly version?: number;
  /** Milliseconds since the epoch. */
  readonly lastUpdated?: number;
  readonly location?: string;
}

export function send(reply: FhirReply, answer: Answer): void {
  reply.code(answer.status);
  if (answer.version !== undefined) reply.header('etag', etagOf(answer.version));
  if (answer.lastUpdated !== undefined) {
    reply.header('last-modified', new Date(answer.lastUpdated).toUTCString());
  }
  if (answer.location !== undefined) reply.header('location', answer.location);
  if (answer.text === undefined) reply.send();
  else {
    const type = answer.format === undefined ? fhirJson : `${answer.format}; charset=utf-8`;
    reply.header('content-type', type).send(answer.text);
  }
}

/** The address of one version. */
export function locationOf(base: string, { type, id, version }: Stored): string {
  return `${base}/${type}/${id}/_history/${version}`;
}

/** A write's answer, with as much of the resource as the client prefers. */
export function written(call: FhirCall, status: 200 | 201, stored: Stored, text: string | undefined): Answer {
  const head: Answer = {
    status,
    version: stored.version,
    lastUpdated: stored.lastUpdated,
    location: locationOf(call.base, stored),
  };
  switch (preferredReturn(single(call.headers.prefer))) {
    case 'minimal':
      return head;
    case 'representation':
      return text === undefined ? head : { ...head, text };
    case 'OperationOutcome':
      return { ...head, text: successText(status === 201 ? 'Created.' : 'Stored.') };
  }
}
