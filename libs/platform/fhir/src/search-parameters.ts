/**
 * The search parameters of a type, its own and those every resource has.
 * https://hl7.org/fhir/R4/searchparameter-registry.html
 */
import {
  isResourceType,
  parametersDefinedFor,
  resourceTypes,
  type SearchParameterDefinition,
} from './definitions.ts';

const supportedTypes = new Set(['token', 'string', 'date', 'reference', 'uri', 'number', 'quantity']);

/** Columns of every row rather than index values. */
const columns = new Set(['_id', '_lastUpdated']);

function isSupported(parameter: SearchParameterDefinition): boolean {
  return parameter.expression !== undefined && supportedTypes.has(parameter.type);
}

const byType = new Map<string, ReadonlyMap<string, SearchParameterDefinition>>();

function parametersByCode(type: string): ReadonlyMap<string, SearchParameterDefinition> {
  let found = byType.get(type);
  if (!found) {
    const all = [...parametersDefinedFor('Resource'), ...parametersDefinedFor(type)];
    found = new Map(all.filter(isSupported).map((parameter) => [parameter.code, parameter]));
    byType.set(type, found);
  }
  return found;
}

/** What a search on the type may use: for the CapabilityStatement. Includes `_id` and `_lastUpdated`. */
export function searchParameters(type: string): readonly SearchParameterDefinition[] {
  return isResourceType(type) ? [...parametersByCode(type).values()] : [];
}

export function searchParameter(type: string, code: string): SearchParameterDefinition | undefined {
  return isResourceType(type) ? parametersByCode(type).get(code) : undefined;
}

/** Those that the index holds values of. */
export function indexedParameters(type: string): readonly SearchParameterDefinition[] {
  return searchParameters(type).filter((parameter) => !columns.has(parameter.code));
}

/** Those of R4 that no search can use: composites, special ones, and the few that R4 gives no expression. */
export function unsupportedParameters(type: string): readonly SearchParameterDefinition[] {
  const all = [
    ...parametersDefinedFor('Resource'),
    ...parametersDefinedFor('DomainResource'),
    ...parametersDefinedFor(type),
  ];
  return all.filter((parameter) => !isSupported(parameter));
}

/** The types that a reference parameter may lead to. */
export function includeTargets(type: string, code: string): readonly string[] {
  const parameter = searchParameter(type, code);
  if (parameter?.type !== 'reference') return [];
  const targets = parameter.targets ?? [];
  return targets.includes('Resource') || targets.length === 0 ? resourceTypes : targets;
}
