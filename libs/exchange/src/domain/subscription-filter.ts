import type { LocalReference, Resource } from '#platform/store';
import type { SubscriptionTopic, TopicFilter } from './subscription-topic.ts';

/** One condition: any of its values. https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-filter-criteria.html */
export interface SubscriptionFilter {
  /** A key of the topic's filters. */
  readonly key: string;
  /** The type it is written for; absent: any of the topic's. */
  readonly type?: string;
  readonly values: readonly string[];
}

/**
 * Reads `Encounter?patient=Patient/1&class=IMP,EMER`, whose conditions must all hold.
 *
 * @returns what is wrong with it and what to write, as text, if it cannot be read; it repeats no value
 */
export function readFilter(
  topic: SubscriptionTopic,
  criteria: string,
): readonly SubscriptionFilter[] | string {
  const mark = criteria.indexOf('?');
  const before = mark < 0 ? '' : criteria.slice(0, mark);
  const known = `Write [type]?key=value; keys of this topic: ${Object.keys(topic.filters).join(', ')}`;
  if (before !== '' && !topic.types.includes(before))
    return `It begins with a type of which this topic does not tell. Types: ${topic.types.join(', ')}.`;
  const filters: SubscriptionFilter[] = [];
  for (const [key, value] of new URLSearchParams(criteria.slice(mark + 1))) {
    if (!Object.hasOwn(topic.filters, key)) return `It has a key that is not supported. ${known}.`;
    const values = value.split(',').filter((each) => each !== '');
    if (values.length === 0) return `It has a key without a value. ${known}.`;
    filters.push({ key, values, ...(before === '' ? {} : { type: before }) });
  }
  return filters.length === 0 ? `It has no condition. ${known}.` : filters;
}

/** Whether a resource meets all conditions. */
export function meets(
  resource: Resource,
  topic: SubscriptionTopic,
  filters: readonly SubscriptionFilter[],
  localReference: LocalReference,
): boolean {
  return filters.every(({ key, type, values }) => {
    const filter = topic.filters[key];
    if (filter === undefined || (type !== undefined && type !== resource['resourceType'])) return false;
    const found = all(resource[filter.element]);
    return filter.kind === 'reference'
      ? refersTo(found, filter, values, localReference)
      : found.flatMap(codings).some((coding) => values.some((value) => isCode(coding, value)));
  });
}

/** The patients whom a resource is about, as ids. */
export function patientsOf(resource: Resource, localReference: LocalReference): string[] {
  return all(resource['subject']).flatMap((subject) => {
    const [type, id] = localReference(subject['reference'])?.split('/') ?? [];
    return type === 'Patient' && id !== undefined ? [id] : [];
  });
}

function refersTo(
  found: readonly Record<string, unknown>[],
  { target }: TopicFilter,
  values: readonly string[],
  localReference: LocalReference,
): boolean {
  const wanted = values.map((value) => localReference(value.includes('/') ? value : `${target}/${value}`));
  return found.some(({ reference }) => {
    const here = localReference(reference);
    return here !== undefined && wanted.includes(here);
  });
}

interface Coding {
  readonly system?: unknown;
  readonly code?: unknown;
}

/** Of a code, a Coding or a CodeableConcept. */
function codings(value: Record<string, unknown>): readonly Coding[] {
  return Array.isArray(value['coding']) ? (value['coding'] as Coding[]) : [value];
}

/** https://hl7.org/fhir/R4/search.html#token */
function isCode({ system, code }: Coding, value: string): boolean {
  const bar = value.indexOf('|');
  if (bar < 0) return code === value;
  const wantedSystem = value.slice(0, bar);
  const wantedCode = value.slice(bar + 1);
  if (wantedSystem === '' ? system !== undefined : system !== wantedSystem) return false;
  return wantedCode === '' || code === wantedCode;
}

/** As a list of objects, whatever it was; a bare code becomes one. */
function all(value: unknown): readonly Record<string, unknown>[] {
  const list = Array.isArray(value) ? value : [value];
  return list.flatMap((each: unknown) => {
    if (typeof each === 'string') return [{ code: each }];
    return typeof each === 'object' && each !== null ? [each as Record<string, unknown>] : [];
  });
}
