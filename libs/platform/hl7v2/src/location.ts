/**
 * A place in a message, as people write it (`PID-3[2].4.1`, `OBX[3]-5`) and as an ERR segment does (ERL in ERR-2 from
 * version 2.5, ELD in ERR-1 before). All numbers count from 1.
 */
export interface Location {
  readonly segment: string;
  /** Which of the segments of that name. */
  readonly occurrence: number;
  readonly field?: number;
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
}

const form =
  /^([A-Z][A-Z0-9]{2})(?:\[([1-9]\d{0,5})\])?(?:-([1-9]\d{0,3})(?:\[([1-9]\d{0,5})\])?(?:\.([1-9]\d{0,3})(?:\.([1-9]\d{0,3}))?)?)?$/;

/** Reads a path; one that is none is an error of the code or mapping that has it, so it throws. */
export function parseLocation(path: string): Location {
  const parts = form.exec(path);
  if (!parts)
    throw new Error('This is no path into a message. Write it like PID-3, PID-3[2].4.1 or OBX[3]-5.');
  const [, segment = '', occurrence = '1', field, repetition = '1', component, subcomponent] = parts;
  if (field === undefined) return { segment, occurrence: Number(occurrence) };
  return {
    segment,
    occurrence: Number(occurrence),
    field: Number(field),
    repetition: Number(repetition),
    ...(component === undefined ? {} : { component: Number(component) }),
    ...(subcomponent === undefined ? {} : { subcomponent: Number(subcomponent) }),
  };
}

/** The shortest path that `parseLocation` reads back. */
export function formatLocation(location: Location): string {
  const { segment, occurrence, field, repetition = 1, component, subcomponent } = location;
  let path = occurrence === 1 ? segment : `${segment}[${occurrence}]`;
  if (field === undefined) return path;
  path += `-${field}`;
  if (repetition !== 1) path += `[${repetition}]`;
  if (component === undefined) return path;
  return subcomponent === undefined ? `${path}.${component}` : `${path}.${component}.${subcomponent}`;
}

/** The components of an ERL: `PID^1^3^2^4^1` as `['PID', '1', '3', '2', '4', '1']`, without empty ones at the end. */
export function errorLocation(location: Location): readonly string[] {
  const { segment, occurrence, field, repetition, component, subcomponent } = location;
  const numbers = [occurrence, field, field && repetition, component, component && subcomponent];
  const last = numbers.findLastIndex((number) => number !== undefined);
  return [segment, ...numbers.slice(0, last + 1).map((number) => String(number ?? ''))];
}
