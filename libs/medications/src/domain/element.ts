export type Fields = Readonly<Record<string, unknown>>;

/** The members of an element; of what is none, no members. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The items of an element that may repeat. */
export function all(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

export function words(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

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
