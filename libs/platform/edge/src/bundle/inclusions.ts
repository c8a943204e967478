import { hasScope } from '#platform/access';
import {
  extract,
  Fault,
  type Inclusion,
  type Issue,
  type ParsedResource,
  type ParsedSearch,
} from '#platform/fhir';
import type { Stored } from '#platform/store';
import type { Edge, FhirCall, Owner } from '../edge.ts';
import { isIssue, unlessMissing } from './missing-part.ts';
import { pageLimit, tooLargePage } from './page-limit.ts';

/** Resources as contexts answered them. */
export interface Gathered {
  readonly stored: Stored;
  readonly text: string;
}

export interface Included {
  readonly resources: readonly Gathered[];
  /** The parts that are missing. */
  readonly issues: readonly Issue[];
}

/** https://hl7.org/fhir/R4/search.html#include : more than this is refused, never cut off. */
const mostReferences = 10_000;
/** Few enough that one page of them, too, is of a size to be held. */
const pageCount = 200;

/** What the `_revinclude`s of one search may bring in, all together. */
interface Allowance {
  resources: number;
  bytes: number;
}

/** What `_include` and `_revinclude` ask for beside the matches, each resource once, whichever context holds it. */
export async function include(
  edge: Edge,
  call: FhirCall,
  type: string,
  search: ParsedSearch,
  matches: readonly Gathered[],
): Promise<Included> {
  if (matches.length === 0) return { resources: [], issues: [] };
  const forward =
    search.include.length > 0 ? readTargets(edge, call, targets(call, search.include, matches)) : undefined;
  const allowance: Allowance = { resources: mostReferences, bytes: pageLimit };
  const answers = await Promise.all([
    forward ?? { resources: [], issues: [] },
    ...distinct(search.revinclude).map((each) => readReferrers(edge, call, type, each, matches, allowance)),
  ]);
  const seen = new Set(matches.map(({ stored }) => keyOf(stored)));
  const resources = answers
    .flatMap((answer) => answer.resources)
    .filter(({ stored }) => {
      const key = keyOf(stored);
      return !seen.has(key) && seen.add(key);
    });
  return { resources, issues: answers.flatMap((answer) => answer.issues) };
}

function distinct(inclusions: readonly Inclusion[]): Inclusion[] {
  return [...new Map(inclusions.map((each) => [JSON.stringify(each), each])).values()];
}

function keyOf({ type, id }: Stored): string {
  return `${type}/${id}`;
}

function targets(
  call: FhirCall,
  inclusions: readonly Inclusion[],
  matches: readonly Gathered[],
): Set<string> {
  const found = new Set<string>();
  for (const { stored, text } of matches) {
    const { references } = extract(stored.type, JSON.parse(text) as ParsedResource, { ownBase: call.base });
    for (const { parameter, targetType, targetId } of references) {
      if (targetType === undefined || targetId === undefined) continue;
      const wanted = inclusions.some(
        (each) => each.parameter === parameter && (each.targetType ?? targetType) === targetType,
      );
      if (wanted) found.add(`${targetType}/${targetId}`);
    }
  }
  return found;
}

/** Reads `Type/id`s from the contexts that own them. What does not exist, or may not be seen, is absent. */
export async function readTargets(
  edge: Edge,
  call: FhirCall,
  references: ReadonlySet<string>,
): Promise<Included> {
  if (references.size > mostReferences) throw tooMany();
  const byOwner = new Map<Owner, string[]>();
  for (const reference of references) {
    const type = reference.slice(0, reference.indexOf('/'));
    const owner = edge.findOwner(type);
    if (owner !== undefined && hasScope(call.caller, type, 'r'))
      byOwner.set(owner, [...(byOwner.get(owner) ?? []), reference]);
  }
  const resources: Gathered[] = [];
  const issues: Issue[] = [];
  await Promise.all(
    [...byOwner].map(async ([owner, wanted]) => {
      const answer = edge.call(call, owner.resources.readMany, { references: wanted });
      const reply = await unlessMissing(answer, owner.context, typesOf(wanted));
      if (isIssue(reply)) issues.push(reply);
      else
        reply.result.forEach((stored, index) => resources.push({ stored, text: reply.texts[index] ?? '' }));
    }),
  );
  return { resources, issues };
}

function typesOf(references: readonly string[]): string[] {
  return [...new Set(references.map((each) => each.slice(0, each.indexOf('/'))))].sort();
}

async function readReferrers(
  edge: Edge,
  call: FhirCall,
  type: string,
  inclusion: Inclusion,
  matches: readonly Gathered[],
  allowance: Allowance,
): Promise<Included> {
  const owner = edge.ownerOf(inclusion.type);
  const values = matches.map(({ stored }) => ({ value: stored.id, targetType: type }));
  const filters = [{ parameter: inclusion.parameter, type: 'reference', values }] as const;
  const resources: Gathered[] = [];
  let cursor: string | undefined;
  do {
    const page = {
      filters,
      sort: [],
      count: pageCount,
      total: 'none',
      ...(cursor === undefined ? {} : { cursor }),
    } as const;
    const answer = edge.call(call, owner.resources.search, { type: inclusion.type, search: page });
    const reply = await unlessMissing(answer, owner.context, [inclusion.type]);
    if (isIssue(reply)) return { resources, issues: [reply] };
    reply.result.matches.forEach((stored, index) =>
      resources.push({ stored, text: reply.texts[index] ?? '' }),
    );
    allowance.resources -= reply.result.matches.length;
    allowance.bytes -= reply.texts.reduce((sum, { length }) => sum + length, 0);
    if (allowance.resources < 0) throw tooMany();
    if (allowance.bytes < 0) throw tooLargePage();
    cursor = reply.result.next;
  } while (cursor !== undefined);
  return { resources, issues: [] };
}

function tooMany(): Fault {
  return new Fault(
    'too-costly',
    `This search includes more than ${mostReferences} resources. Ask for a smaller _count.`,
  );
}
