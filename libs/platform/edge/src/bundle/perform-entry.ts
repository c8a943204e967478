import { Fault, type EntryRequest, type SlicedEntry } from '#platform/fhir';
import type { Edge, FhirCall } from '../edge.ts';
import type { Answer } from '../http/answer.ts';
import { create } from '../interactions/create.ts';
import { remove } from '../interactions/delete.ts';
import { historyInstance } from '../interactions/history-instance.ts';
import { invoke } from '../interactions/operation.ts';
import { read } from '../interactions/read.ts';
import { search } from '../interactions/search.ts';
import { update } from '../interactions/update.ts';
import { vread } from '../interactions/vread.ts';
import { entryTarget, type EntryTarget } from './entry-target.ts';

/** The conditions of an entry, as the headers it would have had by itself. */
export function entryCall(call: FhirCall, request: EntryRequest, idempotencyKey?: string): FhirCall {
  const { prefer } = call.headers;
  return {
    ...call,
    headers: {
      'if-match': request.ifMatch,
      'if-none-match': request.ifNoneMatch,
      'if-none-exist': request.ifNoneExist,
      'idempotency-key': idempotencyKey,
      prefer,
    },
  };
}

/** One entry of a Bundle as a request of its own. */
export function performEntry(edge: Edge, call: FhirCall, entry: SlicedEntry): Promise<Answer> {
  const { request, resource } = entry;
  if (request === undefined)
    throw new Fault('malformed', 'An entry has no request; give it a method and a url.');
  const target = entryTarget(request.url, call.base);
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return performGet(edge, call, target);
    case 'POST':
      return performPost(edge, call, target, resource?.text);
    case 'PUT':
      return update(edge, call, typeOf(target), idOf(target), bodyOf(resource?.text));
    case 'DELETE':
      return remove(edge, call, typeOf(target), idOf(target));
    default:
      throw new Fault('not-supported', 'An entry.request.method is one of GET, HEAD, POST, PUT and DELETE.');
  }
}

function performGet(edge: Edge, call: FhirCall, target: EntryTarget): Promise<Answer> {
  const { type, id, version, isHistory, operation, query } = target;
  if (operation !== undefined) return performOperation(edge, call, 'GET', target);
  const known = typeOf(target);
  if (id === undefined) return search(edge, call, known, [...query]);
  if (version !== undefined) return vread(edge, call, known, id, version);
  if (isHistory) return historyInstance(edge, call, known, id, query);
  return read(edge, call, type!, id);
}

function performPost(
  edge: Edge,
  call: FhirCall,
  target: EntryTarget,
  text: string | undefined,
): Promise<Answer> {
  if (target.operation !== undefined) return performOperation(edge, call, 'POST', target, text);
  if (target.id === '_search') return search(edge, call, typeOf(target), [...target.query]);
  if (target.id !== undefined)
    throw new Fault('malformed', 'A POST goes to a type, not to a resource: leave the id out, or use PUT.');
  return create(edge, call, typeOf(target), bodyOf(text));
}

function performOperation(
  edge: Edge,
  call: FhirCall,
  method: string,
  target: EntryTarget,
  text?: string,
): Promise<Answer> {
  const { type, id, operation, query } = target;
  const level = id !== undefined ? 'instance' : type !== undefined ? 'type' : 'system';
  const named = {
    level,
    name: operation!,
    ...(type === undefined ? {} : { type }),
    ...(id === undefined ? {} : { id }),
  } as const;
  return invoke(edge, call, method, named, query, { body: text });
}

export function typeOf(target: EntryTarget): string {
  if (target.type !== undefined && target.type !== '') return target.type;
  throw new Fault('malformed', 'An entry.request.url names no resource type.');
}

/** Of a PUT or DELETE: what stands below the id, or behind it, would mean something else than the resource itself. */
export function idOf({ id, query, isHistory, operation }: EntryTarget): string {
  if (isHistory || operation !== undefined || (id !== undefined && query.size > 0)) {
    throw new Fault('not-supported', 'An entry.request.url of a PUT or DELETE is Type/id and nothing more.');
  }
  if (id !== undefined) return id;
  if (query.size > 0) {
    throw new Fault(
      'not-supported',
      'Conditional updates and deletes are not supported: search first, then name the id.',
    );
  }
  throw new Fault('malformed', 'An entry.request.url of a PUT or DELETE names no id.');
}

export function bodyOf(text: string | undefined): string {
  if (text === undefined) throw new Fault('malformed', 'An entry with a POST or PUT has no resource.');
  return text;
}
