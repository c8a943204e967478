/**
 * A Bundle cut into its entries without building its resources: each goes to its owner as the text it came in.
 * https://hl7.org/fhir/R4/bundle.html
 */
import { Fault } from './fault.ts';
import { eachMember, items, malformed, maxDepth, skipSpace, stringValue, valueEnd } from './json-scan.ts';

/** `Bundle.entry.request`. https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.request */
export interface EntryRequest {
  readonly method: string;
  readonly url: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: string;
  readonly ifNoneExist?: string;
}

export interface EntryResource {
  readonly type?: string;
  readonly id?: string;
  /** The resource as it stands in the Bundle: a piece of JSON that has not been parsed. */
  readonly text: string;
}

export interface SlicedEntry {
  readonly fullUrl?: string;
  readonly request?: EntryRequest;
  readonly resource?: EntryResource;
}

export interface SlicedBundle {
  /** `transaction`, `batch`, `collection` …; empty when the Bundle does not say. */
  readonly type: string;
  readonly id?: string;
  readonly entries: readonly SlicedEntry[];
}

const sizeLimit = 64 * 1024 * 1024;
const entryLimit = 10_000;

function parsed(text: string, start: number, end: number): unknown {
  try {
    return JSON.parse(text.slice(start, end));
  } catch {
    throw malformed('a part of the Bundle is not JSON; check it with a JSON parser');
  }
}

function requestOf(value: unknown): EntryRequest {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const { method, url } = fields;
  if (typeof method !== 'string' || typeof url !== 'string')
    throw malformed('an entry.request has no method or no url; give both');
  const optional = ['ifMatch', 'ifNoneMatch', 'ifModifiedSince', 'ifNoneExist'] as const;
  const given = optional
    .filter((name) => typeof fields[name] === 'string')
    .map((name) => [name, fields[name]]);
  return { method, url, ...Object.fromEntries(given) };
}

/** Something being filled in. */
type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

function resourceAt(text: string, start: number): { resource: EntryResource; end: number } {
  const resource: Draft<EntryResource> = { text: '' };
  const end = eachMember(text, start, (key, at) => {
    const after = valueEnd(text, at, maxDepth - 1);
    if (text[at] === '"' && key === 'resourceType') resource.type = stringValue(text.slice(at, after));
    else if (text[at] === '"' && key === 'id') resource.id = stringValue(text.slice(at, after));
    return after;
  });
  resource.text = text.slice(start, end);
  return { resource, end };
}

function entryAt(text: string, start: number): { entry: SlicedEntry; end: number } {
  const entry: Draft<SlicedEntry> = {};
  const end = eachMember(text, start, (key, at) => {
    if (key === 'resource') {
      const found = resourceAt(text, at);
      entry.resource = found.resource;
      return found.end;
    }
    const after = valueEnd(text, at);
    const value = parsed(text, at, after);
    if (key === 'request') entry.request = requestOf(value);
    else if (key === 'fullUrl' && typeof value === 'string') entry.fullUrl = value;
    return after;
  });
  return { entry, end };
}

function entriesAt(text: string, start: number, entries: SlicedEntry[], limit: number): number {
  return items(text, start, (at, index) => {
    if (index >= limit)
      throw new Fault('too-large', 'The Bundle has too many entries: at most 10,000. Send it in several.');
    const { entry, end } = entryAt(text, at);
    entries.push(entry);
    return end;
  });
}

/**
 * Cuts a Bundle in time linear in its length. The parts around the resources are checked to be JSON here, the
 * resources by whoever parses them. Faults: `malformed`; `too-large` over 64 MB or 10,000 entries, which a program
 * that reads its own user's files may lift.
 */
export function sliceBundle(text: string, { isLimited = true } = {}): SlicedBundle {
  if (isLimited && text.length * 3 > sizeLimit && Buffer.byteLength(text) > sizeLimit) {
    throw new Fault('too-large', 'The Bundle is too large: at most 64 MB. Send it in several.');
  }
  const entries: SlicedEntry[] = [];
  const top = new Map<string, unknown>();
  const end = eachMember(text, skipSpace(text, 0), (key, at) => {
    if (key === 'entry') return entriesAt(text, at, entries, isLimited ? entryLimit : Infinity);
    const after = valueEnd(text, at);
    top.set(key, parsed(text, at, after));
    return after;
  });
  if (skipSpace(text, end) !== text.length) throw malformed('there is something after its end');
  const [resourceType, type, id] = ['resourceType', 'type', 'id'].map((name) => top.get(name));
  if (resourceType !== 'Bundle') throw malformed('its resourceType is not Bundle; send a Bundle here');
  return { type: typeof type === 'string' ? type : '', entries, ...(typeof id === 'string' ? { id } : {}) };
}
