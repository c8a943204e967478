/**
 * What the prefixes mean, on index rows whose `low` and `high` are both inclusive.
 * https://hl7.org/fhir/R4/search.html#prefix
 */
import { dateInterval, Fault, numberInterval, type SearchFilter, type SearchValue } from '#platform/fhir';
import type { SearchHash } from '../index/search-hash.ts';
import { unitKey } from '../index/search-key.ts';
import type { SqlValues } from './sql-values.ts';

/** Ends of the query's value, both inclusive, and the exact value that orderings compare numbers with. */
interface Ends {
  readonly low: number;
  readonly high: number;
  readonly exactLow: number;
  readonly exactHigh: number;
  /** How far off is still approximately. */
  readonly slack: number;
}

/** SQL over a row of `search_range` under `alias`; values of one filter are alternatives. */
export function rangeCondition(
  alias: string,
  { parameter, type, values }: SearchFilter,
  sql: SqlValues,
  hash: SearchHash,
  now: number,
): string {
  const conditions = values.map((value) => {
    const ends = type === 'date' ? dateEnds(parameter, value, now) : numberEnds(parameter, value);
    return [
      comparison(alias, value.prefix ?? 'eq', ends, sql),
      ...unitConditions(alias, value, sql, hash),
    ].join(' AND ');
  });
  return conditions.length === 1 ? conditions[0]! : `(${conditions.map((each) => `(${each})`).join(' OR ')})`;
}

/** The one value of a filter that a search can start from: equality, which bounds `low` on both sides. */
export function isNarrow({ values }: SearchFilter): boolean {
  return values.length === 1 && (values[0]!.prefix ?? 'eq') === 'eq';
}

function comparison(
  a: string,
  prefix: NonNullable<SearchValue['prefix']>,
  ends: Ends,
  sql: SqlValues,
): string {
  const number = (value: number): string => sql.add(value, 'float8');
  switch (prefix) {
    case 'eq':
      return `${a}.low >= ${number(ends.low)} AND ${a}.low <= ${number(ends.high)} AND ${a}.high <= ${number(ends.high)}`;
    case 'ne':
      return `(${a}.low < ${number(ends.low)} OR ${a}.high > ${number(ends.high)})`;
    case 'gt':
      return `${a}.high > ${number(ends.exactHigh)}`;
    case 'lt':
      return `${a}.low < ${number(ends.exactLow)}`;
    case 'ge':
      return `(${a}.high > ${number(ends.exactHigh)} OR ${a}.low >= ${number(ends.exactLow)})`;
    case 'le':
      return `(${a}.low < ${number(ends.exactLow)} OR ${a}.high <= ${number(ends.exactHigh)})`;
    case 'sa':
      return `${a}.low > ${number(ends.exactHigh)}`;
    case 'eb':
      return `${a}.high < ${number(ends.exactLow)}`;
    case 'ap':
      return `${a}.low <= ${number(ends.high + ends.slack)} AND ${a}.high >= ${number(ends.low - ends.slack)}`;
  }
}

/** How many milliseconds off a date still is approximately: a tenth of the time between it and now. */
export function approximately(date: number, now: number): number {
  return Math.round(Math.abs(now - date) / 10);
}

function dateEnds(parameter: string, { value = '' }: SearchValue, now: number): Ends {
  const interval = dateInterval(value);
  if (!interval) throw new Fault('bad-parameter', `The value of ${parameter} is no date; write YYYY-MM-DD.`);
  const { low } = interval;
  const high = interval.high - 1;
  return { low, high, exactLow: low, exactHigh: high, slack: approximately(low, now) };
}

/** A number in a query has the precision it is written with when it is compared for equality, none for an ordering. */
function numberEnds(parameter: string, { value = '' }: SearchValue): Ends {
  const interval = numberInterval(value);
  if (!interval)
    throw new Fault('bad-parameter', `The value of ${parameter} is no number; write it as 5.4 or 1e2.`);
  const exact = Number(value);
  return {
    low: interval.low,
    high: below(interval.high),
    exactLow: exact,
    exactHigh: exact,
    slack: Math.abs(exact) / 10,
  };
}

/** The greatest number below this one: the interval is half-open, the comparisons are not. */
function below(number: number): number {
  if (number === 0) return -Number.MIN_VALUE;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, number);
  bits.setBigInt64(0, bits.getBigInt64(0) + (number > 0 ? -1n : 1n));
  return bits.getFloat64(0);
}

function unitConditions(
  alias: string,
  { system, code }: SearchValue,
  sql: SqlValues,
  hash: SearchHash,
): string[] {
  if (code === undefined) return [];
  const column = system ? 'unit' : 'unit_code';
  return [`${alias}.${column} = ${sql.add(hash.ofRecurring(unitKey(system || undefined, code)), 'int8')}`];
}
