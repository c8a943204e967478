import type { Mapped } from '#platform/v2-to-fhir';

/** What one element of one resource is by one mapping and by another; absent: it is not there. In JSON. */
export interface MappingDifference {
  /** `Patient/…`. */
  readonly resource: string;
  /** `name[0].family`; absent: the resource as a whole, or, with `resource` `issue`, something that cannot be mapped. */
  readonly element?: string;
  readonly before?: string;
  readonly after?: string;
}

/**
 * All that two mappings of a message make differently. A resource that gets another id, because another system is behind
 * its number, is compared with the one of its type that takes its place.
 */
export function mappingDifferences(before: Mapped, after: Mapped): readonly MappingDifference[] {
  const [old, now] = [contentsOf(before), contentsOf(after)];
  const gone = [...old.keys()].filter((resource) => !now.has(resource));
  const come = [...now.keys()].filter((resource) => !old.has(resource));
  const pairs = [...old.keys()].filter((resource) => now.has(resource)).map((same) => [same, same] as const);
  const replaced = gone.map((resource) => [resource, take(come, typeOf(resource))] as const);
  return [
    ...[...pairs, ...replaced].flatMap(([from, to]) =>
      resourceDifferences(from, old.get(from), to === undefined ? undefined : now.get(to)),
    ),
    ...come.flatMap((resource) => resourceDifferences(resource, undefined, now.get(resource))),
    ...issueDifferences(before, after),
  ];
}

const typeOf = (resource: string) => resource.slice(0, resource.indexOf('/'));

/** Takes the first of a type out of those that are left. */
function take(resources: string[], type: string): string | undefined {
  const at = resources.findIndex((resource) => typeOf(resource) === type);
  return at < 0 ? undefined : resources.splice(at, 1)[0];
}

type Content = Readonly<Record<string, unknown>>;

function contentsOf({ resources }: Mapped): ReadonlyMap<string, Content> {
  return new Map(
    resources.map(({ type, id, content, decimals, removed, mode }) => {
      // Digits and removals are part of what is made, though they stand beside it.
      const beside = { decimals, removed, mode };
      return [`${type}/${id}`, { ...content, [besideContent]: beside }] as const;
    }),
  );
}

const besideContent = '(beside)';

function resourceDifferences(
  resource: string,
  before: Content | undefined,
  after: Content | undefined,
): readonly MappingDifference[] {
  if (before === undefined || after === undefined)
    return [before === undefined ? { resource, after: 'made' } : { resource, before: 'made' }];
  const [old, now] = [elementsOf(before), elementsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((element) => old.get(element) !== now.get(element))
    .map((element) => ({
      resource,
      element,
      ...valued('before', old.get(element)),
      ...valued('after', now.get(element)),
    }));
}

function issueDifferences(before: Mapped, after: Mapped): readonly MappingDifference[] {
  const told = ({ issues }: Mapped) => issues.map(({ location, text }) => `${location}: ${text}`);
  const [old, now] = [told(before), told(after)];
  return [
    ...old.filter((issue) => !now.includes(issue)).map((issue) => ({ resource: 'issue', before: issue })),
    ...now.filter((issue) => !old.includes(issue)).map((issue) => ({ resource: 'issue', after: issue })),
  ];
}

function valued(name: 'before' | 'after', value: string | undefined): object {
  return value === undefined ? {} : { [name]: value };
}

/** Every value by its path. */
function elementsOf(
  value: unknown,
  path = '',
  found = new Map<string, string>(),
): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return found.set(path, JSON.stringify(value));
  for (const [name, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${name}]` : path === '' ? name : `.${name}`;
    elementsOf(inner, `${path}${step}`, found);
  }
  return found;
}
