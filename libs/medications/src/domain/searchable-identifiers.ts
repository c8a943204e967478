import { all, words } from '#platform/fhir';
import type { Resource } from '#platform/store';

const most = 10;

/**
 * The identifiers of a patient as the value of a search parameter, percent-encoded: those with a system, since a number
 * alone may be anybody's, and none that is old. Empty when there is none.
 */
export function searchableIdentifiers(patient: Resource): string {
  return all(patient['identifier'])
    .filter(
      ({ system, value, use }) => words(system) !== undefined && words(value) !== undefined && use !== 'old',
    )
    .slice(0, most)
    .map(({ system, value }) => `${escaped(String(system))}%7C${escaped(String(value))}`)
    .join(',');
}

/** https://hl7.org/fhir/R4/search.html#escaping */
function escaped(value: string): string {
  return encodeURIComponent(value.replace(/[\\$,|]/g, '\\$&'));
}
