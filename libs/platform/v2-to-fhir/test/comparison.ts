/**
 * How near two FHIR resources are, fact by fact. A fact is a path and a value of the expected one. What is compared, and
 * what is not, is stated here and nowhere else:
 *
 * - Ids, `fullUrl`s, narratives, `meta.lastUpdated` and extensions under a vendor's own address are no facts.
 * - A reference says to which type of resource it leads; that resource is compared on its own.
 * - Times are equal when they are the same instant, or the same text; numbers when they are the same number; texts
 *   when they differ in white space only.
 * - The order in arrays does not count: each expected item meets one item, those first that have most in common.
 */
export interface Miss {
  readonly path: string;
  readonly expected: string;
  readonly found: string | undefined;
}

export interface Comparison {
  readonly equal: number;
  readonly total: number;
  readonly misses: readonly Miss[];
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const vendors = /^https?:\/\/(reportstream\.cdc\.gov|ibm\.com|example\.com)\//;
const nothing: Comparison = { equal: 0, total: 0, misses: [] };

export function compare(expected: Json | undefined, found: Json | undefined, path: string): Comparison {
  if (expected === undefined || expected === null) return nothing;
  if (Array.isArray(expected)) return compareArrays(expected, Array.isArray(found) ? found : [], path);
  if (typeof expected === 'object') return compareObjects(expected, isObject(found) ? found : {}, path);
  const isEqual = found !== undefined && sameValue(expected, found, path);
  const misses = isEqual
    ? []
    : [{ path, expected: String(expected), found: found === undefined ? undefined : text(found) }];
  return { equal: isEqual ? 1 : 0, total: 1, misses };
}

function compareObjects(
  expected: Record<string, Json>,
  found: Record<string, Json>,
  path: string,
): Comparison {
  const parts = Object.entries(expected)
    .filter(([name]) => isFact(name, path, expected))
    .map(([name, value]) => compare(value, found[name], `${path}.${name}`));
  return sum(parts);
}

function isFact(name: string, path: string, object: Record<string, Json>): boolean {
  if (name === 'id' || name === 'resourceType' || name === 'lastUpdated') return false;
  if (name === 'text' && isObject(object['text']) && 'div' in object['text']) return false;
  return !(name === 'url' && path.endsWith('.extension'));
}

/** Each expected item with the one that is nearest to it; those that have most in common meet first. */
function compareArrays(expected: Json[], found: Json[], path: string): Comparison {
  const facts = expected.filter((item) => !isVendors(item));
  const pairs = facts.flatMap((item, at) =>
    found.flatMap((other, to) =>
      url(item) === url(other) ? [{ at, to, result: compare(item, other, path) }] : [],
    ),
  );
  pairs.sort((first, second) => second.result.equal - first.result.equal);
  const met = new Map<number, Comparison>();
  const taken = new Set<number>();
  for (const { at, to, result } of pairs) {
    if (met.has(at) || taken.has(to)) continue;
    met.set(at, result);
    if (result.equal > 0) taken.add(to);
  }
  return sum(facts.map((item, at) => met.get(at) ?? compare(item, undefined, path)));
}

function isVendors(item: Json): boolean {
  const address = url(item);
  return address !== undefined && (vendors.test(address) || !/^(https?:|[a-z])/.test(address));
}

function url(item: Json): string | undefined {
  const address = isObject(item) ? item['url'] : undefined;
  return typeof address === 'string' && !('contentType' in (item as object)) ? address : undefined;
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const dated = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

function sameValue(expected: string | number | boolean, found: Json, path: string): boolean {
  if (typeof expected !== 'string' || typeof found !== 'string')
    return Number(expected) === Number(found) && expected !== '';
  if (path.endsWith('.reference')) return expected.split('/')[0] === found.split('/')[0];
  if (dated.test(expected) && dated.test(found)) return Date.parse(expected) === Date.parse(found);
  return plain(expected) === plain(found);
}

function plain(value: string): string {
  return value.replace(/\s+/g, ' ').trim();
}

function text(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function sum(parts: readonly Comparison[]): Comparison {
  return {
    equal: parts.reduce((all, { equal }) => all + equal, 0),
    total: parts.reduce((all, { total }) => all + total, 0),
    misses: parts.flatMap(({ misses }) => misses),
  };
}

export interface Resource {
  readonly resourceType: string;
  readonly [name: string]: unknown;
}

/**
 * Each expected resource against the nearest of its type. One of ours may answer for several: a practitioner who is
 * named in three fields is one resource here and three in what is expected.
 */
export function compareResources(expected: readonly Resource[], found: readonly Resource[]): Comparison {
  return sum(
    expected.map((resource) => {
      const candidates = found.filter(({ resourceType }) => resourceType === resource.resourceType);
      const results = [undefined, ...candidates].map((other) =>
        compare(resource as unknown as Json, other as unknown as Json, resource.resourceType),
      );
      return results.reduce((best, result) => (isNearer(result, best) ? result : best));
    }),
  );
}

/** Of two that have as much in common, the one that is called alike. */
function isNearer(result: Comparison, best: Comparison): boolean {
  return result.equal > best.equal || (result.equal === best.equal && names(result) < names(best));
}

function names({ misses }: Comparison): number {
  return misses.filter(({ path }) => /\.(name|family|value)$/.test(path)).length;
}
