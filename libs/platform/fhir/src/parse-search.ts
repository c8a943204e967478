/**
 * The query of a FHIR search, read and checked. https://hl7.org/fhir/R4/search.html
 */
import { isResourceType, type SearchParameterDefinition } from './definitions.ts';
import { Fault } from './fault.ts';
import { idForm } from './id.ts';
import { printableName } from './printable-name.ts';
import { includeTargets, searchParameter, searchParameters } from './search-parameters.ts';
import type { SearchFilter, SearchRequest, SortKey } from './search-request.ts';
import { cut, searchValue } from './search-value.ts';

/** One `_include` or `_revinclude`: the references of `type` in `parameter`, those to `targetType` only when it is given. */
export interface Inclusion {
  readonly type: string;
  readonly parameter: string;
  readonly targetType?: string;
}

export interface ParsedSearch extends SearchRequest {
  readonly include: readonly Inclusion[];
  readonly revinclude: readonly Inclusion[];
  /** The pairs that took effect, for the self link. */
  readonly used: readonly (readonly [string, string])[];
  /** Names that `lenient` left out. */
  readonly ignored: readonly string[];
}

export interface ParseSearchOptions {
  /** `Prefer: handling=lenient`: unknown parameters and modifiers are left out and reported, not refused. */
  readonly lenient?: boolean;
  /** Absolute references below this are this installation's own; without a slash at its end. */
  readonly ownBase?: string;
  /** Page size when the client names none. Default 20. */
  readonly defaultCount?: number;
  /** A larger `_count` is taken for this. Default 1000. */
  readonly maximumCount?: number;
}

const longestValue = 4_096;
const mostValues = 1_000;
const mostPairs = 200;

/** Answered by the edge, whatever is searched. */
const transportParameters = new Set(['_format', '_pretty']);

interface Draft {
  readonly type: string;
  readonly options: ParseSearchOptions;
  readonly filters: SearchFilter[];
  readonly sort: SortKey[];
  readonly include: Inclusion[];
  readonly revinclude: Inclusion[];
  count: number;
  cursor?: string;
  total: 'none' | 'accurate';
  summary?: 'count';
}

function bad(name: string, expected: string): Fault {
  return new Fault('bad-parameter', `The value of ${name} cannot be read: write ${expected}.`);
}

function unknown(name: string, type: string): Fault {
  const allowed = [...searchParameters(type).map(({ code }) => code), ...Object.keys(controls)].sort();
  return new Fault(
    'unknown-parameter',
    `A search on ${type} does not know the parameter ${printableName(name)}. It knows: ${allowed.join(', ')}. Modifiers and chains are not supported.`,
  );
}

function inclusion(name: string, value: string, draft: Draft, isReverse: boolean): Inclusion {
  const [type = '', parameter = '', targetType, ...more] = value.split(':');
  const form = isReverse ? 'Type:parameter of a type that refers to this one' : `${draft.type}:parameter`;
  if (more.length > 0 || !isResourceType(type) || (!isReverse && type !== draft.type))
    throw bad(name, `${form}, optionally :TargetType`);
  const targets = includeTargets(type, parameter);
  const needed = isReverse ? draft.type : targetType;
  if (targets.length === 0) {
    const known = searchParameters(type).filter((each) => each.type === 'reference');
    throw bad(name, `${type}: and one of ${known.map(({ code }) => code).join(', ')}`);
  }
  if (needed !== undefined && !targets.includes(needed))
    throw bad(
      name,
      `a parameter of ${type} that leads to ${isResourceType(needed) ? needed : 'a resource type of R4'}`,
    );
  if (isReverse && targetType !== undefined && targetType !== draft.type)
    throw bad(name, `${form}; the target can only be ${draft.type}`);
  return targetType === undefined ? { type, parameter } : { type, parameter, targetType };
}

function sortKey(text: string, type: string): SortKey {
  const descending = text.startsWith('-');
  const parameter = descending ? text.slice(1) : text;
  if (!searchParameter(type, parameter)) {
    throw bad('_sort', `parameters of ${type} with commas between them, each with - before it to reverse`);
  }
  return { parameter, descending };
}

/** The parameters that are about the result rather than about the resource. */
const controls: Readonly<Record<string, (value: string, draft: Draft) => void>> = {
  _count: (value, draft) => {
    if (!/^\d{1,9}$/.test(value)) throw bad('_count', 'a whole number, 0 or more');
    if (Number(value) === 0) draft.summary = 'count';
    else draft.count = Math.min(Number(value), draft.options.maximumCount ?? 1000);
  },
  _sort: (value, draft) => {
    for (const text of value.split(',')) draft.sort.push(sortKey(text, draft.type));
    if (draft.sort.length > 3) throw bad('_sort', 'at most 3 parameters');
  },
  _summary: (value, draft) => {
    if (value === 'count') draft.summary = 'count';
    else if (value !== 'false') throw bad('_summary', 'count or false');
  },
  _total: (value, draft) => {
    if (value !== 'none' && value !== 'accurate' && value !== 'estimate')
      throw bad('_total', 'none, estimate or accurate');
    // An accurate count is the best of estimates.
    draft.total = value === 'none' ? 'none' : 'accurate';
  },
  _include: (value, draft) => void draft.include.push(inclusion('_include', value, draft, false)),
  _revinclude: (value, draft) => void draft.revinclude.push(inclusion('_revinclude', value, draft, true)),
  _cursor: (value, draft) => {
    draft.cursor = value;
  },
};

function values(name: string, text: string): string[] {
  const parts = cut(text, ',');
  if (parts.length > mostValues) throw bad(name, `at most ${mostValues} values`);
  return parts;
}

function filter(
  name: string,
  parameter: SearchParameterDefinition,
  text: string,
  draft: Draft,
  targetType?: string,
): SearchFilter {
  if (parameter.code === '_id') {
    const ids = values(name, text);
    if (!ids.every((id) => idForm.test(id)))
      throw bad(name, 'ids of 1 to 64 of A-Z a-z 0-9 - . with commas between them');
    return { parameter: '_id', type: 'id', values: ids.map((value) => ({ value })) };
  }
  const context = { name, parameter, ownBase: draft.options.ownBase, ...(targetType ? { targetType } : {}) };
  return {
    parameter: parameter.code,
    type: parameter.type as SearchFilter['type'],
    values: values(name, text).map((value) => searchValue(value, context)),
  };
}

/** Takes one pair into the draft; false: no parameter of this type is called so. */
function take(name: string, value: string, draft: Draft): boolean {
  const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
  if (control) {
    control(value, draft);
    return true;
  }
  const [code = '', modifier, ...more] = name.split(':');
  const parameter = searchParameter(draft.type, code);
  if (!parameter || more.length > 0) return false;
  // The one modifier here: the type that a reference leads to.
  if (
    modifier !== undefined &&
    !(parameter.type === 'reference' && includeTargets(draft.type, code).includes(modifier))
  )
    return false;
  draft.filters.push(filter(printableName(name), parameter, value, draft, modifier));
  return true;
}

/**
 * Reads a search on `type` from its URL parameters, in order. Faults name the parameter and what is allowed:
 * `unknown-parameter` (also for modifiers and chains) unless `lenient`, `bad-parameter` for values and prefixes.
 */
export function parseSearch(
  type: string,
  pairs: readonly (readonly [string, string])[],
  options: ParseSearchOptions = {},
): ParsedSearch {
  if (pairs.length > mostPairs)
    throw new Fault(
      'bad-parameter',
      `A search has at most ${mostPairs} parameters: combine values with commas.`,
    );
  const draft: Draft = {
    type,
    options,
    filters: [],
    sort: [],
    include: [],
    revinclude: [],
    count: options.defaultCount ?? 20,
    total: 'none',
  };
  const used: (readonly [string, string])[] = [];
  const ignored: string[] = [];
  for (const [name, value] of pairs) {
    if (transportParameters.has(name)) continue;
    if (value.length > longestValue)
      throw bad(printableName(name), `at most ${longestValue} characters; send ids in several searches`);
    if (/\p{Cc}/u.test(value)) throw bad(printableName(name), 'it without control characters');
    if (take(name, value, draft)) used.push([name, value]);
    else if (options.lenient) ignored.push(printableName(name));
    else throw unknown(name, type);
  }
  const { filters, sort, count, cursor, total, summary, include, revinclude } = draft;
  return {
    filters,
    sort,
    count,
    total,
    include,
    revinclude,
    used,
    ignored,
    ...(cursor === undefined ? {} : { cursor }),
    ...(summary === undefined ? {} : { summary }),
  };
}
