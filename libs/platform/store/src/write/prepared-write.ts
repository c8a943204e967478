import {
  idForm,
  Fault,
  splitResource,
  substituteReferences,
  validate,
  extract,
  type IndexValues,
  type SplitResource,
} from '#platform/fhir';
import { indexRows, type IndexRows } from '../index/index-rows.ts';
import type { SearchHash } from '../index/search-hash.ts';
import type { WriteResource } from '../contract/resource.ts';
import type { OwnIds } from '../own-ids.ts';
import type { Resource } from '../write-rule.ts';

/** A write that is ready for the database: checked, indexed, nothing left to decide but what the row's lock guards. */
export interface PreparedWrite {
  readonly method: WriteResource['method'];
  readonly type: string;
  readonly id: string;
  readonly item: string;
  /** Of a delete: empty. */
  readonly content: string;
  /** Of a delete: undefined; the row knows. */
  readonly patients: readonly string[];
  readonly orderKey: string | null;
  readonly index: IndexRows;
  readonly ifMatch: number | null;
  /** Its place in a transaction. */
  readonly entry?: number | undefined;
  /** Parsed; absent for a delete. */
  readonly resource?: Resource;
}

export interface PrepareOptions {
  readonly hash: SearchHash;
  readonly ownBase: string | undefined;
  readonly ownIds: OwnIds;
  readonly randomId: () => string;
}

const nothing: IndexRows = { keys: [], ranges: [], words: [] };

/**
 * Checks a write and works out its index rows. Faults: `malformed` for text that is no such resource, `invalid` with
 * an issue for each place that breaks R4's definitions.
 */
export function prepareWrite(
  request: WriteResource,
  text: string | undefined,
  options: PrepareOptions,
): PreparedWrite {
  const { method, type, entry } = request;
  const ifMatch = request.ifMatch ?? null;
  if (method === 'delete') {
    const id = checkedId(request.id);
    const item = options.hash.ofItem(type, id);
    return {
      method,
      type,
      id,
      item,
      content: '',
      patients: [],
      orderKey: null,
      index: nothing,
      ifMatch,
      entry,
    };
  }
  if (text === undefined) throw new Fault('malformed', 'The request has no body; send the resource as JSON.');
  const split = splitResource(substituted(request, text));
  if (split.type !== type) {
    throw new Fault('malformed', `The body is a ${split.type}, the request names ${type}; make them agree.`);
  }
  const id = idOf(request, split, options);
  const issues = validate(type, split.resource);
  if (issues.some(({ severity }) => severity === 'error')) {
    throw new Fault('invalid', `The ${type} breaks the definitions of R4; the issues say where.`, { issues });
  }
  const values = valuesOf(type, split.resource, id, options);
  const patients = options.ownIds.has(id) ? patientsOfOwn(split.resource, values, options) : values.patients;
  return {
    method,
    type,
    id,
    item: options.hash.ofItem(type, id),
    content: split.content,
    patients,
    orderKey: patients[0] === undefined ? `${type}/${id}` : `Patient/${patients[0]}`,
    index: indexRows(type, values, options.hash),
    ifMatch,
    entry,
    resource: split.resource,
  };
}

function valuesOf(type: string, resource: Resource, id: string, { ownBase }: PrepareOptions): IndexValues {
  return extract(type, resource, { id, ...(ownBase === undefined ? {} : { ownBase }) });
}

/**
 * A document lies in no compartment, but those whose Composition it has may see it. Only one that was made here: what
 * others send speaks of the patients of their house, whose ids may be those of ours.
 */
function patientsOfOwn(
  resource: Resource,
  { patients }: IndexValues,
  options: PrepareOptions,
): readonly string[] {
  if (resource['resourceType'] !== 'Bundle' || resource['type'] !== 'document') return patients;
  const [first] = resource['entry'] as readonly { readonly resource?: Resource }[];
  const composition = first?.resource;
  if (composition?.['resourceType'] !== 'Composition') return patients;
  return valuesOf('Composition', composition, String(composition['id']), options).patients;
}

/** Inside a Bundle that is itself an entry, references may lead to that Bundle's own entries. */
function substituted({ type, substitutions, base, entry }: WriteResource, text: string): string {
  if (substitutions === undefined) return text;
  const mustResolve = entry !== undefined && type !== 'Bundle';
  return substituteReferences(text, substitutions, { base, mustResolve });
}

function idOf(request: WriteResource, { id }: SplitResource, { randomId }: PrepareOptions): string {
  if (request.method === 'create') return request.id === undefined ? randomId() : checkedId(request.id);
  const wanted = checkedId(request.id);
  if (id === wanted || request.imported === true) return wanted;
  throw new Fault('malformed', 'The id in the body is not the id in the URL; give both the same.');
}

function checkedId(id: string | undefined): string {
  if (id !== undefined && idForm.test(id)) return id;
  throw new Fault('malformed', 'The id is missing or no FHIR id: 1 to 64 letters, digits, "-" and ".".');
}
