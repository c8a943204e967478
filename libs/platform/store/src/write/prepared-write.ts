import {
  idForm,
  Fault,
  splitResource,
  substituteReferences,
  validate,
  extract,
  type SplitResource,
} from '#platform/fhir';
import { indexRows, type IndexRows } from '../index/index-rows.ts';
import type { SearchHash } from '../index/search-hash.ts';
import type { WriteResource } from '../contract/resource.ts';
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
  const values = extract(type, split.resource, {
    id,
    ...(options.ownBase === undefined ? {} : { ownBase: options.ownBase }),
  });
  return {
    method,
    type,
    id,
    item: options.hash.ofItem(type, id),
    content: split.content,
    patients: values.patients,
    orderKey: values.patients[0] === undefined ? `${type}/${id}` : `Patient/${values.patients[0]}`,
    index: indexRows(type, values, options.hash),
    ifMatch,
    entry,
    resource: split.resource,
  };
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
