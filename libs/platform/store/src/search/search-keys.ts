import { Fault, includeTargets, type SearchFilter, type SearchValue } from '#platform/fhir';
import type { SearchHash } from '../index/search-hash.ts';
import { codeKey, referenceKey, systemKey, tokenKey, uriKey } from '../index/search-key.ts';

/** The keys any of which a resource must have to match a filter on a token, reference or URI. */
export function filterKeys(
  type: string,
  { parameter, type: kind, values }: SearchFilter,
  hash: SearchHash,
): readonly string[] {
  const texts = values.flatMap((value) => {
    if (kind === 'token') return [tokenText(type, parameter, value)];
    if (kind === 'reference') return referenceTexts(type, parameter, value);
    return [uriKey(type, parameter, wanted(value))];
  });
  return texts.map((text) => hash.ofRecurring(text));
}

function tokenText(type: string, parameter: string, { system, value }: SearchValue): string {
  if (value === undefined) return systemKey(type, parameter, system ?? '');
  return system === undefined ? codeKey(type, parameter, value) : tokenKey(type, parameter, system, value);
}

/** An id without a type is looked for under each type that the parameter may lead to. */
function referenceTexts(type: string, parameter: string, value: SearchValue): readonly string[] {
  if (value.isUrl) return [uriKey(type, parameter, wanted(value))];
  const targets = value.targetType === undefined ? includeTargets(type, parameter) : [value.targetType];
  return targets.map((target) => referenceKey(type, parameter, target, wanted(value)));
}

function wanted({ value }: SearchValue): string {
  if (value === undefined)
    throw new Fault('bad-parameter', 'A search value is empty; give one or leave the parameter out.');
  return value;
}
