import { all, fields, words } from '#platform/fhir';

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** What a CodeableConcept is called. https://hl7.org/fhir/R4/datatypes.html#CodeableConcept */
export function conceptText(concept: unknown): string | undefined {
  const { text, coding } = fields(concept);
  const [first] = all(coding);
  return words(text) ?? words(first?.['display']) ?? words(first?.['code']);
}

/** `system|code` of each coding that has both: what can be compared. */
export function codesOf(concept: unknown): readonly string[] {
  return all(fields(concept)['coding']).flatMap(({ system, code }) =>
    words(system) !== undefined && words(code) !== undefined ? [`${String(system)}|${String(code)}`] : [],
  );
}

/** In the order of UTF-16 units: the same everywhere. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
