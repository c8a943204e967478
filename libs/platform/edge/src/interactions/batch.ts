// https://hl7.org/fhir/R4/http.html#transaction
import { hash } from 'node:crypto';
import type { SlicedBundle, SlicedEntry } from '#platform/fhir';
import { bounded } from '../bundle/bounded.ts';
import { bundleText } from '../bundle/bundle-text.ts';
import { entryCall, performEntry } from '../bundle/perform-entry.ts';
import { failedEntry, responseEntry } from '../bundle/response-entry.ts';
import type { Edge, FhirCall } from '../edge.ts';
import type { Answer } from '../http/answer.ts';
import { idempotencyKeyOf } from '../http/conditions.ts';
import { single } from '../http/fhir-call.ts';

/** Entries of one context that are under way at the same time. */
const concurrency = 8;

/** Each entry by itself: one that fails tells so in its place, and the others go on. */
export async function batch(edge: Edge, call: FhirCall, { entries }: SlicedBundle): Promise<Answer> {
  const key = idempotencyKeyOf(single(call.headers['idempotency-key']));
  const perform = async (entry: SlicedEntry, index: number): Promise<string> => {
    try {
      const entryKey = key === undefined ? undefined : hash('sha256', `${key}:${index}`);
      const own = entry.request === undefined ? call : entryCall(call, entry.request, entryKey);
      return responseEntry(await performEntry(edge, own, entry));
    } catch (error) {
      return failedEntry(error, index);
    }
  };
  const answered = await bounded(entries, (entry) => contextOf(edge, entry), concurrency, perform);
  return { status: 200, text: bundleText({ type: 'batch-response' }, answered) };
}

function contextOf(edge: Edge, { request }: SlicedEntry): string {
  const type = /^\/?([A-Za-z]+)/.exec(request?.url ?? '')?.[1];
  return (type === undefined ? undefined : edge.findOwner(type)?.context) ?? '';
}
