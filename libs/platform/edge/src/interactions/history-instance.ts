// https://hl7.org/fhir/R4/http.html#history
import { Controller, Get, Req, Res } from '@nestjs/common';
import { Fault, printableName } from '#platform/fhir';
import type { Stored } from '#platform/store';
import { pageText } from '../bundle/page-limit.ts';
import { Edge, type FhirCall } from '../edge.ts';
import { send, type Answer } from '../http/answer.ts';
import { etagOf, isLenient } from '../http/conditions.ts';
import { fhirCall, queryOf, single } from '../http/fhir-call.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';

interface HistoryPage {
  readonly count: number;
  readonly cursor?: string;
  /** Milliseconds since the epoch. */
  readonly since?: number;
}

/** The versions of one resource, newest first, a page at a time. Faults: `not-found`, `bad-parameter`. */
export async function historyInstance(
  edge: Edge,
  call: FhirCall,
  type: string,
  id: string,
  query: URLSearchParams,
): Promise<Answer> {
  const owner = edge.ownerOf(type);
  const page = readPage(query, isLenient(single(call.headers.prefer)));
  const { result, texts } = await edge.call(call, owner.resources.history, { type, id, ...page });
  const entries = result.matches.map((stored, index) => historyEntry(call.base, stored, texts[index]));
  const address = `${call.base}/${type}/${id}/_history`;
  const asked = new URLSearchParams();
  asked.set('_count', String(page.count));
  if (page.since !== undefined) asked.set('_since', new Date(page.since).toISOString());
  const self = new URLSearchParams(asked);
  if (page.cursor !== undefined) self.set('_cursor', page.cursor);
  if (result.next !== undefined) asked.set('_cursor', result.next);
  const text = pageText(
    {
      type: 'history',
      total: result.total,
      self: `${address}?${self.toString()}`,
      next: result.next === undefined ? undefined : `${address}?${asked.toString()}`,
    },
    entries,
  );
  return { status: 200, text };
}

/** A deletion has no resource. */
function historyEntry(base: string, stored: Stored, text: string | undefined): string {
  const { type, id, version, deleted = false } = stored;
  const resource = deleted || text === undefined || text === '' ? '' : `"resource":${text},`;
  const status = deleted ? '204' : version === 1 ? '201' : '200';
  const lastModified = new Date(stored.lastUpdated).toISOString();
  return (
    `{"fullUrl":"${base}/${type}/${id}",${resource}"request":{"method":"${deleted ? 'DELETE' : 'PUT'}","url":"${type}/${id}"},` +
    `"response":{"status":"${status}","etag":${JSON.stringify(etagOf(version))},"lastModified":"${lastModified}"}}`
  );
}

const ignored = new Set(['_format', '_pretty']);

function readPage(query: URLSearchParams, lenient: boolean): HistoryPage {
  const page: { count: number; cursor?: string; since?: number } = { count: 50 };
  for (const [name, value] of query) {
    if (name === '_count') page.count = countOf(value);
    else if (name === '_since') page.since = instantOf(value);
    else if (name === '_cursor') page.cursor = value;
    else if (!ignored.has(name) && !lenient) {
      throw new Fault(
        'unknown-parameter',
        `History does not know the parameter ${printableName(name)}: use _count and _since.`,
      );
    }
  }
  return page;
}

function countOf(value: string): number {
  const count = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (count < 1) throw new Fault('bad-parameter', '_count must be a whole number from 1.');
  return Math.min(count, 1000);
}

function instantOf(value: string): number {
  const instant = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(instant))
    throw new Fault('bad-parameter', '_since must be an instant such as 2026-01-31T08:00:00Z.');
  return instant;
}

@Controller(fhirRoot)
export class HistoryInstanceInteraction {
  constructor(private readonly edge: Edge) {}

  @Get(':type/:id/_history')
  async handle(@Req() request: FhirRequest<'type' | 'id'>, @Res() reply: FhirReply): Promise<void> {
    const { type, id } = request.params;
    const call = fhirCall(this.edge, request);
    send(reply, await historyInstance(this.edge, call, type, id, queryOf(request.url)));
  }
}
