/** The members of an element that nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** The members of an element; of what is none, no members. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The items of an element that may repeat. */
export function all(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

/** A text that says something. */
export function words(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
