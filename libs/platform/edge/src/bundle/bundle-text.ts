import { operationOutcome, type Issue } from '#platform/fhir';

export type BundleType = 'searchset' | 'history' | 'batch-response' | 'transaction-response' | 'collection';

export interface BundleHead {
  readonly type: BundleType;
  /** Absent when it is not known, which includes: when it might be wrong. */
  readonly total?: number | undefined;
  readonly self?: string;
  readonly next?: string | undefined;
}

/** A Bundle put together from texts: no resource in it is parsed. https://hl7.org/fhir/R4/bundle.html */
export function bundleText(head: BundleHead, entries: readonly string[]): string {
  const parts = [`{"resourceType":"Bundle","type":"${head.type}"`];
  if (head.total !== undefined) parts.push(`,"total":${head.total}`);
  const links: string[] = [];
  if (head.self !== undefined) links.push(`{"relation":"self","url":${JSON.stringify(head.self)}}`);
  if (head.next !== undefined) links.push(`{"relation":"next","url":${JSON.stringify(head.next)}}`);
  if (links.length > 0) parts.push(`,"link":[${links.join(',')}]`);
  // An empty array is no FHIR.
  if (entries.length > 0) parts.push(',"entry":[', entries.join(','), ']');
  parts.push('}');
  return parts.join('');
}

export function searchEntry(
  base: string,
  type: string,
  id: string,
  text: string,
  mode: 'match' | 'include',
): string {
  return `{"fullUrl":"${base}/${type}/${id}","resource":${text},"search":{"mode":"${mode}"}}`;
}

/** What is said beside the matches, such as: a part is missing. */
export function outcomeEntry(issues: readonly Issue[]): string {
  return `{"resource":${operationOutcome(issues)},"search":{"mode":"outcome"}}`;
}
