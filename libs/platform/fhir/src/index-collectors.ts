/**
 * From an element's value to index values: one collector for each pair of parameter type and data type.
 * https://hl7.org/fhir/R4/search.html#ptypes
 */
import { dateInterval, periodInterval, type Interval } from './date-interval.ts';
import { valueSetCodes } from './definitions.ts';
import type { IndexRun } from './index-values.ts';
import { largestNumber, smallestNumber } from './number-interval.ts';
import { parseReference } from './reference-value.ts';
import { searchText } from './search-text.ts';

export type Collect = (value: unknown, run: IndexRun) => void;

type Fields = Readonly<Record<string, unknown>>;
type MakeCollector = (parameter: string, valueSet?: string) => Collect;

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function addToken(run: IndexRun, parameter: string, system: unknown, code: unknown): void {
  if (isText(code)) run.tokens.push(isText(system) ? { parameter, system, code } : { parameter, code });
}

/** The one code system of a required value set; undefined when there are several, or none is known. */
function impliedSystem(valueSet: string | undefined): string | undefined {
  const systems = Object.keys((valueSet && valueSetCodes(valueSet)) || {});
  return systems.length === 1 ? systems[0] : undefined;
}

const plainToken: MakeCollector = (parameter, valueSet) => {
  const system = impliedSystem(valueSet);
  return (value, run) => addToken(run, parameter, system, typeof value === 'boolean' ? String(value) : value);
};

const codingToken: MakeCollector = (parameter) => (value, run) => {
  const { system, code } = value as Fields;
  addToken(run, parameter, system, code);
};

const conceptToken: MakeCollector = (parameter) => (value, run) => {
  const { coding } = value as Fields;
  if (Array.isArray(coding))
    for (const { system, code } of coding as Fields[]) addToken(run, parameter, system, code);
};

/** An identifier's value, a contact point's value. */
const valueToken =
  (withSystem: boolean): MakeCollector =>
  (parameter) =>
  (value, run) => {
    const fields = value as Fields;
    addToken(run, parameter, withSystem ? fields['system'] : undefined, fields['value']);
  };

function addString(run: IndexRun, parameter: string, value: unknown): void {
  if (!isText(value)) return;
  const normal = searchText(value);
  if (normal !== '') run.strings.push({ parameter, value: normal });
}

const plainString: MakeCollector = (parameter) => (value, run) => addString(run, parameter, value);

const partsString =
  (parts: readonly string[]): MakeCollector =>
  (parameter) =>
  (value, run) => {
    for (const part of parts) {
      const found = (value as Fields)[part];
      if (Array.isArray(found)) for (const each of found) addString(run, parameter, each);
      else addString(run, parameter, found);
    }
  };

function addDate(run: IndexRun, parameter: string, interval: Interval | undefined): void {
  if (interval) run.dates.push({ parameter, low: interval.low, high: interval.high });
}

const plainDate: MakeCollector = (parameter) => (value, run) => {
  if (typeof value === 'string') addDate(run, parameter, dateInterval(value));
};

const periodDate: MakeCollector = (parameter) => (value, run) => {
  const { start, end } = value as Fields;
  addDate(run, parameter, periodInterval(start, end));
};

/** Only the outer limits of a Timing count. */
const timingDate: MakeCollector = (parameter) => (value, run) => {
  const { event, repeat } = value as Fields;
  const bounds = (repeat as Fields | undefined)?.['boundsPeriod'] as Fields | undefined;
  const intervals = (Array.isArray(event) ? event : []).map((each) =>
    typeof each === 'string' ? dateInterval(each) : undefined,
  );
  if (bounds) intervals.push(periodInterval(bounds['start'], bounds['end']));
  const known = intervals.filter((interval) => interval !== undefined);
  if (known.length === 0) return;
  addDate(run, parameter, {
    low: Math.min(...known.map(({ low }) => low)),
    high: Math.max(...known.map(({ high }) => high)),
  });
};

const plainNumber: MakeCollector = (parameter) => (value, run) => {
  if (typeof value === 'number') run.numbers.push({ parameter, low: value, high: value });
};

const rangeNumber: MakeCollector = (parameter) => (value, run) => {
  const { low, high } = value as Record<string, Fields | undefined>;
  run.numbers.push({ parameter, ...rangeEnds(low?.['value'], high?.['value']) });
};

function rangeEnds(low: unknown, high: unknown): { low: number; high: number } {
  return {
    low: typeof low === 'number' ? low : smallestNumber,
    high: typeof high === 'number' ? high : largestNumber,
  };
}

function units(quantity: Fields | undefined): { system?: string; code?: string; unit?: string } {
  const { system, code, unit } = quantity ?? {};
  return {
    ...(isText(system) ? { system } : {}),
    ...(isText(code) ? { code } : {}),
    ...(isText(unit) ? { unit } : {}),
  };
}

const plainQuantity: MakeCollector = (parameter) => (value, run) => {
  const { value: amount, comparator } = value as Fields;
  if (typeof amount !== 'number') return;
  const low = comparator === '<' || comparator === '<=' ? smallestNumber : amount;
  const high = comparator === '>' || comparator === '>=' ? largestNumber : amount;
  run.quantities.push({ parameter, low, high, ...units(value as Fields) });
};

const rangeQuantity: MakeCollector = (parameter) => (value, run) => {
  const { low, high } = value as Record<string, Fields | undefined>;
  run.quantities.push({ parameter, ...rangeEnds(low?.['value'], high?.['value']), ...units(low ?? high) });
};

const money: MakeCollector = (parameter) => (value, run) => {
  const { value: amount, currency } = value as Fields;
  if (typeof amount !== 'number') return;
  const unit = isText(currency) ? { system: 'urn:iso:std:iso:4217', code: currency } : {};
  run.quantities.push({ parameter, low: amount, high: amount, ...unit });
};

const literalReference: MakeCollector = (parameter) => (value, run) => {
  const { reference } = value as Fields;
  // A contained resource has no life of its own: nothing is found by a reference to it.
  if (!isText(reference) || reference.startsWith('#')) return;
  const { type, id, url } = parseReference(reference, run.ownBase);
  run.references.push({
    parameter,
    ...(type === undefined ? {} : { targetType: type }),
    ...(id === undefined ? { url: url! } : { targetId: id }),
  });
};

const canonicalReference: MakeCollector = (parameter) => (value, run) => {
  if (!isText(value)) return;
  run.references.push({ parameter, url: value });
  const bar = value.indexOf('|');
  if (bar > 0) run.references.push({ parameter, url: value.slice(0, bar) });
};

/** A resource that stands in the place of a reference to it: the first entry of a document or message. */
const inlineReference: MakeCollector = (parameter) => (value, run) => {
  const { resourceType, id } = value as Fields;
  if (isText(resourceType) && isText(id))
    run.references.push({ parameter, targetType: resourceType, targetId: id });
};

const plainUri: MakeCollector = (parameter) => (value, run) => {
  if (isText(value)) run.uris.push({ parameter, value });
};

const quantities = {
  Quantity: plainQuantity,
  Age: plainQuantity,
  Duration: plainQuantity,
  Count: plainQuantity,
  Distance: plainQuantity,
};
const dates = {
  date: plainDate,
  dateTime: plainDate,
  instant: plainDate,
  Period: periodDate,
  Timing: timingDate,
};

const collectors: Readonly<Record<string, Readonly<Record<string, MakeCollector>>>> = {
  token: {
    code: plainToken,
    string: plainToken,
    id: plainToken,
    uri: plainToken,
    canonical: plainToken,
    boolean: plainToken,
    Coding: codingToken,
    CodeableConcept: conceptToken,
    Identifier: valueToken(true),
    ContactPoint: valueToken(false),
  },
  string: {
    string: plainString,
    markdown: plainString,
    HumanName: partsString(['text', 'family', 'given', 'prefix', 'suffix']),
    Address: partsString(['text', 'line', 'city', 'district', 'state', 'postalCode', 'country']),
  },
  date: dates,
  number: {
    integer: plainNumber,
    decimal: plainNumber,
    positiveInt: plainNumber,
    unsignedInt: plainNumber,
    Range: rangeNumber,
  },
  quantity: { ...quantities, Range: rangeQuantity, Money: money },
  reference: {
    Reference: literalReference,
    canonical: canonicalReference,
    uri: canonicalReference,
    Resource: inlineReference,
  },
  uri: { uri: plainUri, url: plainUri, canonical: plainUri, oid: plainUri, uuid: plainUri },
};

/** Undefined when values of the data type say nothing to a parameter of that type. */
export function collector(
  parameterType: string,
  dataType: string,
  parameter: string,
  valueSet?: string,
): Collect | undefined {
  return collectors[parameterType]?.[dataType]?.(parameter, valueSet);
}
