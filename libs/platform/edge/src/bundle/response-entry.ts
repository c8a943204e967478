import { STATUS_CODES } from 'node:http';
import { Logger } from '@nestjs/common';
import { asFault, operationOutcome } from '#platform/fhir';
import type { Answer } from '../http/answer.ts';
import { etagOf } from '../http/conditions.ts';

const log = new Logger('edge');

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

/** In the place of the entry at `index` that ended in `error`; what is no fault of the client is logged. */
export function failedEntry(error: unknown, index: number): string {
  const fault = asFault(error);
  if (fault.kind === 'exception') log.error({ entry: index, error });
  return `{"response":{"status":"${statusLine(fault.status)}","outcome":${operationOutcome(fault)}}}`;
}
