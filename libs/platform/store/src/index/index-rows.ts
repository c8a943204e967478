import { wordPlace, type IndexValues, type QuantityIndex } from '#platform/fhir';
import type { SearchHash } from './search-hash.ts';
import { codeKey, compartmentKey, referenceKey, systemKey, tokenKey, unitKey, uriKey } from './search-key.ts';

export interface RangeRow {
  readonly key: string;
  /** Both inclusive; of a date the last millisecond. */
  readonly low: number;
  readonly high: number;
  readonly unit: string | null;
  readonly unitCode: string | null;
}

export interface WordRow {
  readonly key: string;
  /** Of which part of its element the word is, e.g. `family`; empty where no parameter asks. */
  readonly part: string;
  readonly value: string;
}

/** What the index holds of one resource; each row once. */
export interface IndexRows {
  readonly keys: readonly string[];
  readonly ranges: readonly RangeRow[];
  readonly words: readonly WordRow[];
}

/** Longer strings are found by this many of their characters: a b-tree takes no row over a third of a page. */
export const wordLimit = 200;

/** The rows under which a resource of `type` is found. */
export function indexRows(type: string, values: IndexValues, hash: SearchHash): IndexRows {
  return {
    keys: keysOf(type, values, hash),
    ranges: rangesOf(type, values, hash),
    words: wordsOf(type, values, hash),
  };
}

/** Parameters whose values are hardly ever seen again, so that remembering their hashes would only push out others. */
const personal = new Set(['identifier', 'telecom', 'phone', 'email']);

function keysOf(
  type: string,
  { tokens, references, uris, patients }: IndexValues,
  hash: SearchHash,
): readonly string[] {
  const keys = new Set<string>();
  for (const { parameter, system, code } of tokens) {
    const texts = [tokenKey(type, parameter, system ?? '', code), codeKey(type, parameter, code)];
    for (const text of texts) keys.add(personal.has(parameter) ? hash.of(text) : hash.ofRecurring(text));
    if (system !== undefined) keys.add(hash.ofRecurring(systemKey(type, parameter, system)));
  }
  for (const { parameter, targetType, targetId, url } of references) {
    if (targetType !== undefined && targetId !== undefined) {
      keys.add(hash.ofRecurring(referenceKey(type, parameter, targetType, targetId)));
    }
    if (url !== undefined) keys.add(hash.of(uriKey(type, parameter, url)));
  }
  for (const { parameter, value } of uris) keys.add(hash.ofRecurring(uriKey(type, parameter, value)));
  for (const patient of patients) keys.add(hash.ofRecurring(compartmentKey(patient)));
  return [...keys];
}

function rangesOf(
  type: string,
  { dates, numbers, quantities }: IndexValues,
  hash: SearchHash,
): readonly RangeRow[] {
  const rows = new Map<string, RangeRow>();
  const add = (
    parameter: string,
    low: number,
    high: number,
    unit: string | null,
    unitCode: string | null,
  ): void => {
    const row = { key: hash.ofParameter(type, parameter), low, high, unit, unitCode };
    rows.set(`${row.key} ${low} ${high} ${unit} ${unitCode}`, row);
  };
  for (const { parameter, low, high } of dates) add(parameter, low, high - 1, null, null);
  for (const { parameter, low, high } of numbers) add(parameter, low, high, null, null);
  for (const quantity of quantities) {
    for (const [unit, unitCode] of unitsOf(quantity, hash))
      add(quantity.parameter, quantity.low, quantity.high, unit, unitCode);
  }
  return [...rows.values()];
}

/** A quantity is found by the code of its unit and by the unit as people write it. */
function unitsOf({ system, code, unit }: QuantityIndex, hash: SearchHash): [string | null, string | null][] {
  const names = [...new Set([code, unit].filter((name) => name !== undefined))];
  if (names.length === 0) return [[null, null]];
  return names.map((name) => [
    system === undefined || name !== code ? null : hash.ofRecurring(unitKey(system, name)),
    hash.ofRecurring(unitKey(undefined, name)),
  ]);
}

/** A word that stands there under its part does not stand there as one of the whole again. */
function wordsOf(type: string, { strings }: IndexValues, hash: SearchHash): readonly WordRow[] {
  const rows = new Map<string, WordRow[]>();
  for (const { parameter, value: text } of strings) {
    const { parameter: whole, part } = wordPlace(type, parameter);
    const row = { key: hash.ofParameter(type, whole), part, value: text.slice(0, wordLimit) };
    const same = rows.get(row.value);
    if (same === undefined) rows.set(row.value, [row]);
    else if (!same.some((each) => each.key === row.key && each.part === part)) same.push(row);
  }
  return [...rows.values()].flatMap((same) =>
    same.filter((row) => row.part !== '' || !same.some(({ key, part }) => key === row.key && part !== '')),
  );
}
