import { all, fields, parseAsWritten, type Fields } from '#platform/fhir';

/** A resource that goes into a document: its text as stored, which the document repeats, and the text read for people. */
export interface Fact {
  readonly text: string;
  readonly type: string;
  readonly id: string;
  /** Parsed; numbers are kept as they are written, so that a narrative says `1.10` where the resource does. */
  readonly fields: Fields;
}

export function fact(text: string): Fact {
  const parsed = fields(parseAsWritten(text));
  return { text, type: String(parsed['resourceType']), id: String(parsed['id']), fields: parsed };
}

/** Whether any coding of the concepts has one of the codes, whatever its system. */
export function hasCode(concepts: unknown, ...codes: readonly string[]): boolean {
  const list = Array.isArray(concepts) ? concepts : [concepts];
  return list.some((concept) =>
    all(fields(concept)['coding']).some(({ code }) => codes.includes(String(code))),
  );
}
