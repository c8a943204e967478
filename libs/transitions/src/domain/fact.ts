/** A resource that goes into a document: its text as stored, which the document repeats, and the text read for people. */
export interface Fact {
  readonly text: string;
  readonly type: string;
  readonly id: string;
  /** Parsed; numbers are kept as they are written, so that a narrative says `1.10` where the resource does. */
  readonly fields: Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

export function fact(text: string): Fact {
  const parsed = fields(JSON.parse(text, asWritten));
  return { text, type: String(parsed['resourceType']), id: String(parsed['id']), fields: parsed };
}

/** https://tc39.es/proposal-json-parse-with-source/ gives the source of a number; without it (Node 20) `1.10` reads `1.1`. */
function asWritten(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? (context?.source ?? String(value)) : value;
}

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** The items of an element that may repeat. */
export function all(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

export function words(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether any coding of the concepts has one of the codes, whatever its system. */
export function hasCode(concepts: unknown, ...codes: readonly string[]): boolean {
  const list = Array.isArray(concepts) ? concepts : [concepts];
  return list.some((concept) =>
    all(fields(concept)['coding']).some(({ code }) => codes.includes(String(code))),
  );
}
