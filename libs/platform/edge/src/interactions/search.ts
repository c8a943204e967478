// https://hl7.org/fhir/R4/http.html#search
import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { parseSearch, type ParsedSearch } from '#platform/fhir';
import { outcomeEntry, searchEntry } from '../bundle/bundle-text.ts';
import { include } from '../bundle/inclusions.ts';
import { pageText } from '../bundle/page-limit.ts';
import { Edge, type FhirCall } from '../edge.ts';
import { send, type Answer } from '../http/answer.ts';
import { isLenient } from '../http/conditions.ts';
import { fhirCall, queryOf, single } from '../http/fhir-call.ts';
import { fhirRoot, type FhirReply, type FhirRequest } from '../http/fhir-request.ts';
import { assertFormBody } from '../http/negotiate.ts';
import { bodyLimits, readBody } from '../http/read-body.ts';

export type Pairs = readonly (readonly [string, string])[];

/** A page of the resources of one type that match, and what they include. Faults: `unknown-parameter`, `bad-parameter`, `too-costly`. */
export async function search(edge: Edge, call: FhirCall, type: string, pairs: Pairs): Promise<Answer> {
  const owner = edge.ownerOf(type);
  const parsed = parseSearch(type, pairs, {
    lenient: isLenient(single(call.headers.prefer)),
    ownBase: call.base,
  });
  const { filters, sort, count, total, cursor, summary } = parsed;
  const { result, texts } = await edge.call(call, owner.resources.search, {
    type,
    search: { filters, sort, count, total, cursor, summary } as typeof parsed,
  });
  const entries = result.matches.map(({ id }, index) =>
    searchEntry(call.base, type, id, texts[index] ?? '', 'match'),
  );
  let isPartial = false;
  if (parsed.include.length > 0 || parsed.revinclude.length > 0) {
    const matches = result.matches.map((stored, index) => ({ stored, text: texts[index] ?? '' }));
    const { resources, issues } = await include(edge, call, type, parsed, matches);
    for (const { stored, text } of resources) {
      entries.push(searchEntry(call.base, stored.type, stored.id, text, 'include'));
    }
    isPartial = issues.length > 0;
    if (isPartial) entries.push(outcomeEntry(issues));
  }
  const self = addressOf(call, type, parsed);
  const next = result.next === undefined ? undefined : addressOf(call, type, parsed, result.next);
  const text = pageText(
    { type: 'searchset', total: isPartial ? undefined : result.total, self, next },
    entries,
  );
  return { status: 200, text };
}

/** The address of a page: the parameters that took effect, so that it shows which did not. */
function addressOf(call: FhirCall, type: string, { used }: ParsedSearch, next?: string): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of used) {
    if (next === undefined || name !== '_cursor') parameters.append(name, value);
  }
  if (next !== undefined) parameters.append('_cursor', next);
  const query = parameters.toString();
  return query === '' ? `${call.base}/${type}` : `${call.base}/${type}?${query}`;
}

@Controller(fhirRoot)
export class SearchInteraction {
  constructor(private readonly edge: Edge) {}

  @Get(':type')
  async handle(@Req() request: FhirRequest<'type'>, @Res() reply: FhirReply): Promise<void> {
    const call = fhirCall(this.edge, request);
    send(reply, await search(this.edge, call, request.params.type, [...queryOf(request.url)]));
  }

  /** Parameters in the body stay out of the logs on the way. */
  @Post(':type/_search')
  @HttpCode(200)
  async handlePost(@Req() request: FhirRequest<'type'>, @Res() reply: FhirReply): Promise<void> {
    const call = fhirCall(this.edge, request);
    assertFormBody(request.headers['content-type']);
    const body = new URLSearchParams(await readBody(request.raw, bodyLimits.form));
    send(reply, await search(this.edge, call, request.params.type, [...queryOf(request.url), ...body]));
  }
}
