/**
 * A Parameters resource cut into its parameters without building the resources in it: each stays the text it came in,
 * every number as it was written. https://hl7.org/fhir/R4/parameters.html
 */
import { eachMember, items, malformed, maxDepth, skipSpace, valueEnd } from './json-scan.ts';

export interface SlicedParameter {
  readonly name: string;
  /** `value[x]`, parsed, whichever type it has. */
  readonly value?: unknown;
  readonly resource?: string;
  readonly parts: readonly SlicedParameter[];
}

type Draft = { -readonly [Key in keyof SlicedParameter]: SlicedParameter[Key] };

/** Faults: `malformed`. The resources in it are not looked at. */
export function sliceParameters(text: string): readonly SlicedParameter[] {
  let found: readonly SlicedParameter[] = [];
  let resourceType: unknown;
  const end = eachMember(text, skipSpace(text, 0), (key, at) => {
    if (key === 'parameter') {
      const list = listAt(text, at, 1);
      found = list.parameters;
      return list.end;
    }
    const after = valueEnd(text, at);
    if (key === 'resourceType') resourceType = parsed(text.slice(at, after));
    return after;
  });
  if (skipSpace(text, end) !== text.length) throw malformed('there is something after its end');
  if (resourceType !== 'Parameters')
    throw malformed('its resourceType is not Parameters; send Parameters here');
  return found;
}

function listAt(
  text: string,
  start: number,
  depth: number,
): { parameters: readonly SlicedParameter[]; end: number } {
  if (depth > maxDepth / 4) throw malformed(`its parts nest deeper than ${maxDepth / 4} levels; flatten it`);
  const parameters: SlicedParameter[] = [];
  const end = items(text, start, (at) => {
    const found = parameterAt(text, at, depth);
    parameters.push(found.parameter);
    return found.end;
  });
  return { parameters, end };
}

function parameterAt(
  text: string,
  start: number,
  depth: number,
): { parameter: SlicedParameter; end: number } {
  const parameter: Draft = { name: '', parts: [] };
  const end = eachMember(text, start, (key, at) => {
    if (key === 'part') {
      const list = listAt(text, at, depth + 1);
      parameter.parts = list.parameters;
      return list.end;
    }
    const after = valueEnd(text, at);
    const value = text.slice(at, after);
    if (key === 'resource') parameter.resource = value;
    else if (key === 'name') parameter.name = String(parsed(value));
    else if (key.startsWith('value')) parameter.value = parsed(value);
    return after;
  });
  return { parameter, end };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('a part of the Parameters is not JSON; check it with a JSON parser');
  }
}
