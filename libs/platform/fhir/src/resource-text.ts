/**
 * Resources as text. What is stored is the client's own JSON, every number as it was written, without `id`,
 * `meta.versionId` and `meta.lastUpdated`: those are columns, and {@link joinResource} puts them back.
 */
import { Fault } from './fault.ts';
import { malformed, members, shape, skipSpace, withoutSpace, type Member } from './json-scan.ts';

/** https://hl7.org/fhir/R4/resource.html, parsed. */
export type ParsedResource = Readonly<Record<string, unknown>>;

export interface SplitResource {
  readonly type: string;
  readonly id?: string;
  /**
   * A FHIR resource as JSON text: `resourceType` first, then `meta` if anything is left of it, then all else in the
   * client's order, without space between tokens.
   */
  readonly content: string;
  /** The parsed text, complete: what validation and index extraction read. */
  readonly resource: ParsedResource;
}

const megabyte = 1024 * 1024;
const limits: Readonly<Record<string, number>> = { Binary: 32 * megabyte, Bundle: 64 * megabyte };
const resourceLimit = 4 * megabyte;

/** Refuses a resource over 4 MB, a Binary over 32 MB, a Bundle over 64 MB. */
function checkSize(text: string, type: string | undefined): void {
  const limit = limits[type ?? ''] ?? resourceLimit;
  if (text.length * 3 <= limit || Buffer.byteLength(text) <= limit) return;
  throw new Fault(
    'too-large',
    `The resource is too large: at most ${limit / megabyte} MB. Split it, or send attachments as Binary.`,
  );
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item);
    return count;
  }
  for (const key of Object.keys(value)) count += 1 + countKeys((value as Record<string, unknown>)[key]);
  return count;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('it is not JSON; check it with a JSON parser');
  }
}

/**
 * Takes a resource's text apart. Faults: `malformed` for what is not JSON, is no resource, has a property twice or
 * nests deeper than 64; `too-large` over 4 MB (Binary 32 MB, Bundle 64 MB). Does not validate: see `validate`.
 */
export function splitResource(source: string): SplitResource {
  if (source.length * 3 > resourceLimit) checkSize(source, resourceTypeAt(source, skipSpace(source, 0)));
  const { keys, hasSpace } = shape(source);
  const resource = parseJson(source);
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource))
    throw malformed('a resource is a JSON object');
  if (countKeys(resource) !== keys) throw malformed('an object has the same property twice; remove one');
  const { resourceType: type, id } = resource as Record<string, unknown>;
  if (typeof type !== 'string' || !/^[A-Za-z]{1,64}$/.test(type))
    throw malformed('it has no resourceType; add one');
  const text = hasSpace ? withoutSpace(source) : source;
  const parts = [`{"resourceType":"${type}"`];
  let meta: Member | undefined;
  const rest: Member[] = [];
  for (const member of members(text, 0)) {
    if (member.key === 'meta' && text[member.valueStart] === '{') meta = member;
    else if (member.key !== 'resourceType' && member.key !== 'id') rest.push(member);
  }
  if (meta) {
    const kept = members(text, meta.valueStart).filter(
      ({ key }) => key !== 'versionId' && key !== 'lastUpdated',
    );
    if (kept.length > 0)
      parts.push(`"meta":{${kept.map((each) => text.slice(each.keyStart, each.valueEnd)).join(',')}}`);
  }
  for (const member of rest) parts.push(text.slice(member.keyStart, member.valueEnd));
  const content = `${parts.join(',')}}`;
  return { type, content, resource: resource as ParsedResource, ...(typeof id === 'string' ? { id } : {}) };
}

/** The whole resource as text. `lastUpdated` is in milliseconds since the epoch, `content` as {@link splitResource} made it. */
export function joinResource(
  type: string,
  id: string,
  version: number,
  lastUpdated: number,
  content: string,
): string {
  const start = 18 + type.length;
  const head = `{"resourceType":"${type}","id":"${id}","meta":{"versionId":"${version}","lastUpdated":"${new Date(lastUpdated).toISOString()}"`;
  if (content.startsWith(',"meta":{', start)) return `${head},${content.slice(start + 9)}`;
  return `${head}}${content.slice(start)}`;
}

/** The resource type that the object at `start` names, without parsing the rest; undefined when it names none. */
export function resourceTypeAt(text: string, start: number): string | undefined {
  if (text[start] !== '{') return undefined;
  const named = members(text, start).find((member) => member.key === 'resourceType');
  return named && text.slice(named.valueStart + 1, named.valueEnd - 1);
}

/** A resource's text with some of its own members replaced by other JSON; the rest stays as it is written. */
export function withMembers(text: string, replacements: Readonly<Record<string, unknown>>): string {
  let changed = '';
  let copied = 0;
  for (const { key, valueStart, valueEnd } of members(text, 0)) {
    if (!Object.hasOwn(replacements, key)) continue;
    changed += text.slice(copied, valueStart) + JSON.stringify(replacements[key]);
    copied = valueEnd;
  }
  return changed + text.slice(copied);
}

/** The JSON text of each member of an object, in order: what a resource is put together from without losing a digit. */
export function memberTexts(text: string): Map<string, string> {
  return new Map(
    members(text, skipSpace(text, 0)).map((each) => [each.key, text.slice(each.valueStart, each.valueEnd)]),
  );
}

export function objectText(texts: ReadonlyMap<string, string>): string {
  return `{${[...texts].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}
