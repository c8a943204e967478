/**
 * JSON whose numbers are written as they were read: `1.10` of a dose stays `1.10`.
 * https://tc39.es/proposal-json-parse-with-source/
 */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}

const json = JSON as unknown as JsonWithSource;

/** Parses for being written again: a number that would be written otherwise becomes a {@link lexicalNumber}. */
export function parseLexical(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? json.rawJSON(source)
      : value,
  );
}

/** Parses for being read: each number is the text that it is written as, so that `1.10` stays `1.10`. */
export function parseAsWritten(text: string): unknown {
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' ? (source ?? String(value)) : value,
  );
}

/** An opaque value that `JSON.stringify` writes as this text, which is a JSON number. */
export function lexicalNumber(text: string): object {
  return json.rawJSON(text);
}

/** A deep copy of plain JSON in which lexical numbers stay what they are, as `structuredClone` would not leave them. */
export function copyLexical<T>(value: T): T {
  if (typeof value !== 'object' || value === null || json.isRawJSON(value)) return value;
  if (Array.isArray(value)) return value.map(copyLexical) as T;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copyLexical(inner)])) as T;
}
