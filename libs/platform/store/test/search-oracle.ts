/** What a search must answer, worked out the slow way: every filter against every value of every resource. */
import {
  dateInterval,
  extract,
  includeTargets,
  numberInterval,
  searchParameter,
  searchText,
  type IndexValues,
  type SearchFilter,
  type SearchRequest,
  type SearchValue,
} from '#platform/fhir';

export interface Kept {
  readonly id: string;
  readonly lastUpdated: number;
  readonly resource: Readonly<Record<string, unknown>>;
}

interface Indexed extends Kept {
  readonly values: IndexValues;
}

/** The ids of all matches; in order when the order is total. */
export function expectedMatches(type: string, kept: readonly Kept[], request: SearchRequest): string[] {
  const indexed = kept.map((each): Indexed => ({
    ...each,
    values: extract(type, each.resource, { id: each.id }),
  }));
  const matches = indexed.filter((each) => request.filters.every((filter) => passes(type, each, filter)));
  return matches.map(({ id }) => id);
}

/** The values that `_sort` compares: the least or the greatest; undefined: none. */
export function sortValue(
  type: string,
  { id, lastUpdated, resource }: Kept,
  parameter: string,
  descending: boolean,
) {
  if (parameter === '_id') return id;
  if (parameter === '_lastUpdated') return lastUpdated;
  const values = extract(type, resource, { id });
  const kind = searchParameter(type, parameter)?.type;
  const found: (string | number)[] =
    kind === 'string'
      ? values.strings.filter((each) => each.parameter === parameter).map(({ value }) => value)
      : [...values.dates, ...values.numbers, ...values.quantities]
          .filter((each) => each.parameter === parameter)
          .map(({ low }) => low);
  const sorted = found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return descending ? sorted.at(-1) : sorted[0];
}

function passes(type: string, each: Indexed, filter: SearchFilter): boolean {
  return filter.values.some((value) => matches(type, each, filter, value));
}

function matches(
  type: string,
  { id, lastUpdated, values }: Indexed,
  filter: SearchFilter,
  wanted: SearchValue,
): boolean {
  const { parameter } = filter;
  const of = <T extends { parameter: string }>(list: readonly T[]): readonly T[] =>
    list.filter((each) => each.parameter === parameter);
  if (parameter === '_id') return id === wanted.value;
  if (parameter === '_lastUpdated') return dateMatches({ low: lastUpdated, high: lastUpdated + 1 }, wanted);
  switch (filter.type) {
    case 'token':
      return of(values.tokens).some(
        ({ system, code }) =>
          (wanted.value === undefined || code === wanted.value) &&
          (wanted.system === undefined || (system ?? '') === wanted.system),
      );
    case 'string':
      return of(values.strings).some(({ value }) => value.startsWith(searchText(wanted.value!)));
    case 'reference':
      return of(values.references).some(({ targetType, targetId, url }) =>
        wanted.isUrl
          ? url === wanted.value
          : targetId === wanted.value &&
            (wanted.targetType === undefined
              ? includeTargets(type, parameter).includes(targetType!)
              : targetType === wanted.targetType),
      );
    case 'uri':
      return of(values.uris).some(({ value }) => value === wanted.value);
    case 'date':
      return of(values.dates).some((date) => dateMatches(date, wanted));
    case 'number':
      return of(values.numbers).some((number) => numberMatches(number, wanted));
    case 'quantity':
      return of(values.quantities).some(
        (quantity) => numberMatches(quantity, wanted) && unitMatches(quantity, wanted),
      );
    default:
      throw new Error(filter.type);
  }
}

function unitMatches(
  quantity: { system?: string; code?: string; unit?: string },
  { system, code }: SearchValue,
): boolean {
  if (code === undefined) return true;
  return system
    ? quantity.system === system && quantity.code === code
    : quantity.code === code || quantity.unit === code;
}

/** Half-open intervals, as the specification words it. */
function dateMatches(
  has: { low: number; high: number },
  { prefix = 'eq', value = '' }: SearchValue,
): boolean {
  const asked = dateInterval(value)!;
  const contained = has.low >= asked.low && has.high <= asked.high;
  switch (prefix) {
    case 'eq':
      return contained;
    case 'ne':
      return !contained;
    case 'gt':
      return has.high > asked.high;
    case 'lt':
      return has.low < asked.low;
    case 'ge':
      return contained || has.high > asked.high;
    case 'le':
      return contained || has.low < asked.low;
    case 'sa':
      return has.low >= asked.high;
    case 'eb':
      return has.high <= asked.low;
    default:
      throw new Error(prefix);
  }
}

function numberMatches(
  has: { low: number; high: number },
  { prefix = 'eq', value = '' }: SearchValue,
): boolean {
  const asked = numberInterval(value)!;
  const exact = Number(value);
  switch (prefix) {
    case 'eq':
      return has.low >= asked.low && has.high < asked.high;
    case 'ne':
      return !(has.low >= asked.low && has.high < asked.high);
    case 'gt':
      return has.high > exact;
    case 'lt':
      return has.low < exact;
    case 'ge':
      return has.high > exact || has.low >= exact;
    case 'le':
      return has.low < exact || has.high <= exact;
    case 'sa':
      return has.low > exact;
    case 'eb':
      return has.high < exact;
    default:
      throw new Error(prefix);
  }
}
