/** What a search parameter means, told by npm `fhirpath` and by the shape of what it finds. */
import { createRequire } from 'node:module';
import type { SearchParameterDefinition } from '../src/definitions.ts';
import { dateInterval, periodInterval } from '../src/date-interval.ts';
import { largestNumber, smallestNumber } from '../src/number-interval.ts';
import { searchText } from '../src/search-text.ts';

type Evaluate = (resource: unknown) => unknown[];
type Fields = Record<string, unknown>;
export type Projection = 'token' | 'string' | 'date' | 'reference' | 'uri' | 'number' | 'quantity';

const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath') as { compile: (expression: string, model: unknown) => Evaluate };
const model: unknown = require('fhirpath/fhir-context/r4');

const evaluators = new Map<string, Evaluate>();

export function evaluatorOf(type: string, parameter: SearchParameterDefinition): Evaluate {
  const key = `${type} ${parameter.code}`;
  let evaluate = evaluators.get(key);
  if (!evaluate) {
    // Nothing is fetched here: what a literal reference resolves to is the type it names.
    // R4 writes `as` where there are several values, which FHIRPath since made an error: `ofType` is what is meant.
    const written = parameter
      .expression!.replace(/ as (\w+)\)/g, ').ofType($1)')
      .replace(/\.as\(/g, '.ofType(')
      .replace(/hasExtension\(('[^']*')\)/g, 'extension($1).exists()');
    const expression = written.replace(
      /resolve\(\) is (\w+)/g,
      (_, target: string) =>
        `(reference.matches('^(.*/)?${target}/[^/]+(/_history/.*)?$') or (reference.contains('/').not() and type = '${target}'))`,
    );
    // Term by term: a union would compare quantities that have no common unit.
    // A plain string says nothing to a date, even when it looks like one.
    const kept = parameter.type === 'date' ? '.where(($this is FHIR.string).not())' : '';
    const terms = expression.split(' | ').map((term) => fhirpath.compile(`(${term})${kept}`, model));
    evaluate = (resource) => terms.flatMap((term) => term(resource));
    evaluators.set(key, evaluate);
  }
  return evaluate;
}

function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return [];
}

const projections: Record<Projection, (value: unknown) => string[]> = {
  token: (value) => {
    if (typeof value !== 'object') return [String(value)];
    const { coding, code, value: own } = value as Fields;
    if (Array.isArray(coding)) return coding.flatMap((each) => leaves((each as Fields)['code']));
    return leaves(code ?? own);
  },
  string: (value) => {
    if (typeof value === 'string') return [searchText(value)];
    const parts = [
      'text',
      'family',
      'given',
      'prefix',
      'suffix',
      'line',
      'city',
      'district',
      'state',
      'postalCode',
      'country',
    ];
    return parts.flatMap((part) => leaves((value as Fields)[part])).map(searchText);
  },
  date: (value) => {
    const text =
      typeof value === 'object' && 'asStr' in (value as Fields) ? (value as Fields)['asStr'] : value;
    if (typeof text === 'string') {
      const interval = dateInterval(text);
      return interval ? [`${interval.low} ${interval.high}`] : [];
    }
    const { start, end, event, repeat } = value as {
      start?: string;
      end?: string;
      event?: string[];
      repeat?: { boundsPeriod?: Fields };
    };
    const bounds = repeat?.boundsPeriod;
    const all = [
      periodInterval(start, end),
      bounds && periodInterval(bounds['start'], bounds['end']),
      ...(event ?? []).map(dateInterval),
    ];
    const known = all.filter((each) => each !== undefined);
    if (known.length === 0) return [];
    return [`${Math.min(...known.map(({ low }) => low))} ${Math.max(...known.map(({ high }) => high))}`];
  },
  reference: (value) => {
    if (typeof value === 'string') return [value, value.replace(/\|.*/, '')];
    const { reference, resourceType, id } = value as Fields;
    if (typeof resourceType === 'string') return id === undefined ? [] : [`${resourceType}/${String(id)}`];
    return leaves(reference)
      .filter((text) => !text.startsWith('#'))
      .map((text) => (text.startsWith('http') ? text : text.replace(/\/_history\/.*/, '')));
  },
  uri: leaves,
  number: (value) => (typeof value === 'number' ? [`${value} ${value}`] : range(value as Fields)),
  quantity: (value) => {
    const { value: amount, code, currency, comparator } = value as Fields;
    if (amount === undefined)
      return range(value as Fields).map((ends) => `${ends} ${unitOf(value as Fields)}`);
    const low = String(comparator ?? '').startsWith('<') ? smallestNumber : amount;
    const high = String(comparator ?? '').startsWith('>') ? largestNumber : amount;
    return [`${String(low)} ${String(high)} ${String(code ?? currency ?? '')}`];
  },
};

function range({ low, high, origin }: Fields): string[] {
  // SampledData is no quantity.
  if (origin !== undefined) return [];
  return [
    `${String((low as Fields)?.['value'] ?? smallestNumber)} ${String((high as Fields)?.['value'] ?? largestNumber)}`,
  ];
}

function unitOf({ low, high }: Fields): string {
  return String(((low ?? high) as Fields)?.['code'] ?? '');
}

/** The index values, as texts, that the values fhirpath found amount to. An extension counts for its value. */
export function projected(type: Projection, found: readonly unknown[]): readonly string[] {
  return found.flatMap((each) => {
    if (each === null || each === undefined) return [];
    if (typeof each !== 'object' || !('url' in each) || 'resourceType' in each)
      return projections[type](each);
    const key = Object.keys(each).find((name) => name.startsWith('value'));
    return key === undefined ? [] : projections[type]((each as Fields)[key]);
  });
}
