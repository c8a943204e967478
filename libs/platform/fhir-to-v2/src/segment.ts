import { repeated, type FieldContent, type RepetitionContent, type SegmentContent } from '#platform/hl7v2';

/** A segment by the numbers of its fields. */
export function segment(name: string, fields: Readonly<Record<number, FieldContent>>): SegmentContent {
  const last = Math.max(...Object.keys(fields).map(Number));
  // Of MSH the first field that is given is MSH-3.
  const first = name === 'MSH' ? 3 : 1;
  return [name, ...Array.from({ length: last - first + 1 }, (_, at) => fields[at + first])];
}

/** All repetitions of a field; nothing where there is none. */
export function every(all: readonly RepetitionContent[]): FieldContent {
  return all.length === 0 ? undefined : repeated(...all);
}

/** Those that are there. */
export function present<T>(all: readonly (T | undefined)[]): T[] {
  return all.filter((one) => one !== undefined);
}
