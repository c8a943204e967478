import { randomUUID } from 'node:crypto';
import {
  comparableLink,
  Fault,
  faultOfEntry,
  isResourceType,
  type SlicedBundle,
  type SlicedEntry,
} from '#platform/fhir';
import type { WriteResource } from '#platform/store';
import type { Edge, FhirCall, Owner } from '../edge.ts';
import { versionOf } from '../http/conditions.ts';
import { entryTarget } from './entry-target.ts';
import { bodyOf, idOf, typeOf } from './perform-entry.ts';

export interface PlannedWrite {
  /** The entry's place in the Bundle. */
  readonly index: number;
  readonly write: WriteResource;
  /** Absent for a delete. */
  readonly text?: string;
}

/** What one context has to do, in the order to do it. */
export interface Share {
  readonly owner: Owner;
  readonly writes: readonly PlannedWrite[];
}

export interface TransactionPlan {
  /** By the name of the context: the one order in which all transactions take their locks. */
  readonly shares: readonly Share[];
  /** The places of the entries that read, done after the writes. */
  readonly reads: readonly number[];
  /** Full URL → `Type/id`. */
  readonly substitutions: Readonly<Record<string, string>>;
}

/** https://hl7.org/fhir/R4/http.html#trules : DELETE, POST, PUT, then GET. */
const order = { delete: 0, create: 1, update: 2 } as const;

/**
 * Divides a transaction among the contexts that own its resources, and gives its new resources their ids. Faults, each
 * with the entry it is about: `malformed`, `bad-parameter`, `not-supported`, `not-found` for a type that R4 does not have.
 */
export function planTransaction(edge: Edge, call: FhirCall, bundle: SlicedBundle): TransactionPlan {
  const draft: PlanDraft = { shares: new Map(), reads: [], substitutions: {}, taken: new Set() };
  bundle.entries.forEach((entry, index) => {
    try {
      addEntry(draft, edge, call, entry, index);
    } catch (error) {
      throw faultOfEntry(error, index);
    }
  });
  const inOrder = [...draft.shares.values()].sort((one, other) =>
    one.owner.context < other.owner.context ? -1 : 1,
  );
  for (const { writes } of inOrder)
    writes.sort((one, other) => order[one.write.method] - order[other.write.method]);
  return { shares: inOrder, reads: draft.reads, substitutions: draft.substitutions };
}

interface PlanDraft {
  /** By context. */
  readonly shares: Map<string, { owner: Owner; writes: PlannedWrite[] }>;
  readonly reads: number[];
  readonly substitutions: Record<string, string>;
  /** `Type/id` of what is written. */
  readonly taken: Set<string>;
}

function addEntry(
  { shares, reads, substitutions, taken }: PlanDraft,
  edge: Edge,
  call: FhirCall,
  entry: SlicedEntry,
  index: number,
): void {
  const planned = planEntry(call, entry, index);
  if (planned === undefined) {
    reads.push(index);
    return;
  }
  const { type, id } = planned.write;
  const identity = `${type}/${id!}`;
  if (taken.has(identity)) {
    throw new Fault(
      'bad-parameter',
      'Two entries of this transaction write the same resource. Leave one out, or send a batch.',
    );
  }
  taken.add(identity);
  const fullUrl = comparableLink(entry.fullUrl ?? '');
  if (isReplaceable(fullUrl, planned.write)) {
    if (Object.hasOwn(substitutions, fullUrl)) {
      throw new Fault(
        'bad-parameter',
        'Two entries of this transaction have the same fullUrl. Give each resource its own.',
      );
    }
    substitutions[fullUrl] = identity;
  }
  assertReferencesAreLiteral(planned.text ?? '');
  const owner = edge.ownerOf(type);
  const share = shares.get(owner.context) ?? { owner, writes: [] };
  shares.set(owner.context, share);
  const base = baseOf(fullUrl);
  const write = { ...planned.write, entry: index, ...(base === undefined ? {} : { base }) };
  share.writes.push({ ...planned, write });
}

/** Of a full URL by which a resource could be read; relative references of its resource begin there. */
function baseOf(fullUrl: string): string | undefined {
  const [, base, type] = /^(https?:\/\/.+)\/([A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl) ?? [];
  return type !== undefined && isResourceType(type) ? base : undefined;
}

const conditionalReference = /"reference"\s*:\s*"[A-Z][A-Za-z]+\?/;

/** A reference such as `Patient?identifier=1` stands for a search; stored as it is, it would lead nowhere for ever. */
function assertReferencesAreLiteral(text: string): void {
  if (!conditionalReference.test(text)) return;
  throw new Fault(
    'not-supported',
    'Conditional references are not supported: search first, then refer to Type/id.',
  );
}

/** A resource that gets its id here is known to the others by its full URL; one that keeps its id, unless that says it. */
function isReplaceable(fullUrl: string, { method, type, id }: WriteResource): boolean {
  if (fullUrl === '' || method === 'delete') return false;
  return method === 'create' || !fullUrl.endsWith(`/${type}/${id!}`);
}

function planEntry(
  call: FhirCall,
  { request, resource }: SlicedEntry,
  index: number,
): PlannedWrite | undefined {
  if (request === undefined)
    throw new Fault('malformed', 'An entry has no request; give it a method and a url.');
  const { method, url } = request;
  if (method === 'GET' || method === 'HEAD') return undefined;
  const target = entryTarget(url, call.base);
  const type = typeOf(target);
  const ifMatch = versionOf(request.ifMatch);
  const condition = ifMatch === undefined ? {} : { ifMatch };
  switch (method) {
    case 'POST':
      if (target.operation !== undefined || target.id !== undefined) {
        throw new Fault(
          'not-supported',
          'A POST in a transaction creates: its url is a resource type. Operations go into a batch.',
        );
      }
      if (request.ifNoneExist !== undefined) {
        throw new Fault(
          'not-supported',
          'Conditional create is not supported: search first, then create without ifNoneExist.',
        );
      }
      return { index, write: { method: 'create', type, id: randomUUID() }, text: bodyOf(resource?.text) };
    case 'PUT':
      return {
        index,
        write: { method: 'update', type, id: idOf(target), ...condition },
        text: bodyOf(resource?.text),
      };
    case 'DELETE':
      return { index, write: { method: 'delete', type, id: idOf(target), ...condition } };
    default:
      throw new Fault('not-supported', 'An entry.request.method is one of GET, HEAD, POST, PUT and DELETE.');
  }
}
