/** The offset, `+01:00`, of a time that carries none: `2026-03-01T08:00:00`. */
export type Zone = (local: string) => string;

const fixed = /^(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;
const hour = 3_600_000;
const day = 24 * hour;
/** Offsets that are kept: those of the minutes that a sender's messages of some days speak of. */
const mostKept = 10_000;

export const utc: Zone = () => 'Z';

/** Whether a text names a zone: an offset (`+01:00`, `Z`), or a place of the IANA's database (`America/New_York`). */
export function isZone(text: string): boolean {
  return fixed.test(text) || formatOf(text) !== undefined;
}

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}

/** @throws when nobody knows the zone */
export function zoneOf(name: string): Zone {
  if (fixed.test(name)) return () => name;
  const format = formatOf(name);
  if (format === undefined)
    throw new Error(
      'There is no such zone. Write an offset such as "-05:00", or a name such as "America/New_York".',
    );
  const kept = new Map<string, string>();
  return (local) => {
    const minute = local.slice(0, 16);
    const known = kept.get(minute);
    if (known !== undefined) return known;
    const offset = offsetAt(format, Date.parse(`${minute}Z`));
    if (kept.size === mostKept) kept.clear();
    kept.set(minute, offset);
    return offset;
  };
}

/**
 * Where clocks are set forward, a time that did not exist has the offset of before; where they are set back, one that came
 * twice is the first of the two, which has the offset of before, too.
 */
function offsetAt(format: Intl.DateTimeFormat, local: number): string {
  const [before, after] = [inForce(format, local - day), inForce(format, local + day)];
  if (before === after) return before;
  return inForce(format, local - millisecondsOf(before)) === before ||
    inForce(format, local - millisecondsOf(after)) !== after
    ? before
    : after;
}

function inForce(format: Intl.DateTimeFormat, instant: number): string {
  const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  // Offsets of local mean time, more than a century ago, have seconds, which R4 does not know.
  return /[+-]\d\d:\d\d/.exec(name)?.[0] ?? '+00:00';
}

function millisecondsOf(offset: string): number {
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4))];
  return (offset.startsWith('-') ? -1 : 1) * (hours * hour + (minutes * hour) / 60);
}
