import { STATUS_CODES } from 'node:http';
import { operationOutcome, type Fault } from '#platform/fhir';
import type { Answer } from '../http/answer.ts';
import { etagOf } from '../http/conditions.ts';

function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim();
}

/** What became of an entry. https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.response */
export function responseEntry(answer: Answer): string {
  const { status, text, version, lastUpdated, location } = answer;
  const response = {
    status: statusLine(status),
    ...(location === undefined ? {} : { location }),
    ...(version === undefined ? {} : { etag: etagOf(version) }),
    ...(lastUpdated === undefined ? {} : { lastModified: new Date(lastUpdated).toISOString() }),
  };
  return `{${text === undefined ? '' : `"resource":${text},`}"response":${JSON.stringify(response)}}`;
}

export function faultEntry(fault: Fault): string {
  return `{"response":{"status":"${statusLine(fault.status)}","outcome":${operationOutcome(fault)}}}`;
}
