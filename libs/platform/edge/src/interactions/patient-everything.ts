// https://hl7.org/fhir/R4/patient-operation-everything.html
import { Fault, patientCompartmentParameters, printableName, type Issue } from '#platform/fhir';
import { bundleText, outcomeEntry, searchEntry } from '../bundle/bundle-text.ts';
import { readTargets, type Gathered } from '../bundle/inclusions.ts';
import { isIssue, unlessMissing } from '../bundle/missing-part.ts';
import type { Edge, FhirCall, Owner } from '../edge.ts';
import type { Answer } from '../http/answer.ts';
import { isLenient } from '../http/conditions.ts';
import { single } from '../http/fhir-call.ts';

interface EverythingPage {
  /** Given: pages of about this size. Absent: as much as goes into one Bundle. */
  count?: number;
  types?: string[];
  since?: number;
  /** The context to go on with, by its place, and the position in it. */
  from: number;
  cursor?: string;
}

interface Part {
  readonly owner: Owner;
  readonly types: readonly string[];
}

const mostEntries = 1_000;

/**
 * All that is held of one patient, from every context, with what these resources refer to. A context that does not
 * answer is named in an OperationOutcome, and there is no total. Faults: `not-found`, `bad-parameter`.
 */
export async function patientEverything(
  edge: Edge,
  call: FhirCall,
  patient: string,
  query: URLSearchParams,
): Promise<Answer> {
  const page = readPage(query, isLenient(single(call.headers.prefer)));
  const parts = partsOf(edge);
  const self = `${call.base}/Patient/${patient}/$everything${query.size === 0 ? '' : `?${query.toString()}`}`;
  const { resources, issues, next } = await gather(edge, call, patient, parts, page);
  const isFirst = page.from === 0 && page.cursor === undefined;
  if (isFirst && !resources.some(({ stored }) => stored.type === 'Patient' && stored.id === patient)) {
    // Whoever may not see the patient, or asks for one that is not there, learns it here.
    await edge.call(call, edge.ownerOf('Patient').resources.read, { type: 'Patient', id: patient });
  }
  const beside = await readTargets(edge, call, referredTo(call.base, resources, page.types));
  const entries = resources.map(({ stored, text }) =>
    searchEntry(call.base, stored.type, stored.id, text, 'match'),
  );
  for (const { stored, text } of beside.resources) {
    entries.push(searchEntry(call.base, stored.type, stored.id, text, 'include'));
  }
  const missing = [...issues, ...beside.issues];
  if (missing.length > 0) entries.push(outcomeEntry(missing));
  const complete = missing.length === 0 && next === undefined && isFirst;
  const following = next === undefined ? undefined : nextAddress(call, patient, query, next);
  const total = complete ? resources.length : undefined;
  return { status: 200, text: bundleText({ type: 'searchset', total, self, next: following }, entries) };
}

const known = new WeakMap<Edge, readonly Part[]>();

/** The contexts that can hold something of a patient, in a fixed order, the patient's own first. */
function partsOf(edge: Edge): readonly Part[] {
  let parts = known.get(edge);
  if (parts === undefined) known.set(edge, (parts = findParts(edge)));
  return parts;
}

function findParts(edge: Edge): readonly Part[] {
  const home = edge.ownerOf('Patient');
  const inCompartment = edge.types.filter(
    (type) => type === 'Patient' || patientCompartmentParameters(type).length > 0,
  );
  const all = edge.owners
    .map((owner) => ({ owner, types: inCompartment.filter((type) => edge.findOwner(type) === owner) }))
    .filter(({ types }) => types.length > 0);
  return [...all.filter(({ owner }) => owner === home), ...all.filter(({ owner }) => owner !== home)];
}

interface Harvest {
  readonly resources: Gathered[];
  readonly issues: Issue[];
  next?: { readonly from: number; readonly cursor?: string };
}

/** Without a wish for small pages all contexts are asked at once; their answers come in order all the same. */
async function gather(
  edge: Edge,
  call: FhirCall,
  patient: string,
  parts: readonly Part[],
  page: EverythingPage,
): Promise<Harvest> {
  const limit = Math.min(page.count ?? mostEntries, mostEntries);
  const harvest: Harvest = { resources: [], issues: [] };
  const ask = (index: number, count: number) => {
    const { owner, types } = parts[index]!;
    const cursor = index === page.from ? page.cursor : undefined;
    const wanted = page.types?.filter((type) => types.includes(type));
    if (wanted?.length === 0) return undefined;
    const request = { patient, count, types: wanted, since: page.since, cursor } as {
      patient: string;
      count: number;
    };
    return unlessMissing(edge.call(call, owner.resources.compartment, request), owner.context);
  };
  const indexes = parts.map((_, index) => index).filter((index) => index >= page.from);
  const asked = page.count === undefined ? indexes.map((index) => ask(index, limit)) : [];
  // What one of them throws is thrown when its turn comes; until then it is not unhandled.
  for (const each of asked) each?.catch(() => undefined);
  for (const index of indexes) {
    const room = limit - harvest.resources.length;
    if (room <= 0) {
      harvest.next = { from: index };
      break;
    }
    const reply = await (page.count === undefined ? asked[index - page.from] : ask(index, room));
    if (reply === undefined) continue;
    if (isIssue(reply)) {
      harvest.issues.push(reply);
      continue;
    }
    reply.result.matches.forEach((stored, at) =>
      harvest.resources.push({ stored, text: reply.texts[at] ?? '' }),
    );
    if (reply.result.next !== undefined) {
      harvest.next = { from: index, cursor: reply.result.next };
      break;
    }
  }
  return harvest;
}

const literalReference = /"reference":"(?:([^"\\]*)\/)?([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})"/g;

/** What the resources refer to beyond themselves, read off their text: a quoted name with a colon after it can only be a property. */
function referredTo(
  base: string,
  resources: readonly Gathered[],
  types: readonly string[] | undefined,
): Set<string> {
  const found = new Set<string>();
  for (const { text } of resources) {
    for (const [, at, reference] of text.matchAll(literalReference)) {
      if (at === undefined || at === base) found.add(reference!);
    }
  }
  for (const { stored } of resources) found.delete(`${stored.type}/${stored.id}`);
  for (const reference of found) {
    const type = reference.slice(0, reference.indexOf('/'));
    if (type === 'Patient' || (types !== undefined && !types.includes(type))) found.delete(reference);
  }
  return found;
}

function nextAddress(call: FhirCall, patient: string, query: URLSearchParams, next: object): string {
  const parameters = new URLSearchParams(query);
  parameters.set('_cursor', Buffer.from(JSON.stringify(next)).toString('base64url'));
  return `${call.base}/Patient/${patient}/$everything?${parameters.toString()}`;
}

const readers: Readonly<Record<string, (value: string, page: EverythingPage) => void>> = {
  _count: (value, page) => {
    if (!/^[1-9]\d{0,8}$/.test(value)) throw bad('_count', 'a whole number from 1');
    page.count = Number(value);
  },
  _type: (value, page) => {
    page.types = value.split(',');
    if (!page.types.every((type) => /^[A-Z][A-Za-z]{1,63}$/.test(type)))
      throw bad('_type', 'resource types with commas between them');
  },
  _since: (value, page) => {
    page.since = /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : NaN;
    if (Number.isNaN(page.since)) throw bad('_since', 'an instant such as 2026-01-31T08:00:00Z');
  },
  _cursor: (value, page) => Object.assign(page, readCursor(value)),
  _format: () => undefined,
  _pretty: () => undefined,
};

function readCursor(value: string): Pick<EverythingPage, 'from' | 'cursor'> {
  try {
    const { from, cursor } = JSON.parse(Buffer.from(value, 'base64url').toString()) as {
      from: unknown;
      cursor?: unknown;
    };
    if (typeof from === 'number' && Number.isInteger(from) && from >= 0) {
      return typeof cursor === 'string' ? { from, cursor } : { from };
    }
  } catch {
    // Falls through to the refusal, like a cursor of another shape.
  }
  throw bad('_cursor', 'the one in a next link, unchanged');
}

function readPage(query: URLSearchParams, lenient: boolean): EverythingPage {
  const page: EverythingPage = { from: 0 };
  for (const [name, value] of query) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader !== undefined) reader(value, page);
    else if (!lenient) {
      throw new Fault(
        'unknown-parameter',
        `$everything does not know the parameter ${printableName(name)}: use _count, _since, _type.`,
      );
    }
  }
  return page;
}

function bad(name: string, expected: string): Fault {
  return new Fault('bad-parameter', `The value of ${name} cannot be read: write ${expected}.`);
}
