/**
 * Dates as half-open intervals of UTC milliseconds: `2024-05` is all of May. What has no offset is read as UTC.
 * https://hl7.org/fhir/R4/search.html#date
 */

export interface Interval {
  /** Inclusive, milliseconds since the epoch. */
  readonly low: number;
  /** Exclusive. */
  readonly high: number;
}

/** The ends of an open interval; both are safe as `bigint` columns and as JSON numbers. */
export const beginningOfTime = -8_640_000_000_000_000;
export const endOfTime = 8_640_000_000_000_000;

const form =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

const minute = 60_000;

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Whether the month has the day, for a value that already has the form of a date or dateTime. */
export function isRealDay(value: string): boolean {
  if (value.length < 10) return true;
  const day = Number(value.slice(8, 10));
  return day <= 28 || day <= daysIn(Number(value.slice(0, 4)), Number(value.slice(5, 7)));
}

/** `Date.UTC`, which would otherwise take the years 0 to 99 for 1900 to 1999. */
function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

function offsetMs(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 14 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * minute;
}

/** The interval a date, dateTime, instant or search value stands for; undefined when it is none. */
export function dateInterval(value: string): Interval | undefined {
  const parts = form.exec(value);
  if (!parts) return undefined;
  const year = Number(parts[1]);
  if (year === 0) return undefined;
  if (parts[2] === undefined) return { low: utc(year, 1, 1), high: utc(year + 1, 1, 1) };
  const month = Number(parts[2]);
  if (month < 1 || month > 12) return undefined;
  if (parts[3] === undefined) return { low: utc(year, month, 1), high: utc(year, month + 1, 1) };
  const day = Number(parts[3]);
  if (day < 1 || day > daysIn(year, month)) return undefined;
  const start = utc(year, month, day);
  if (parts[4] === undefined) return { low: start, high: start + 24 * 60 * minute };
  return timeInterval(start, parts);
}

function timeInterval(day: number, parts: RegExpExecArray): Interval | undefined {
  const [hour, minutes, seconds] = [Number(parts[4]), Number(parts[5]), Number(parts[6] ?? 0)];
  const offset = offsetMs(parts[8]);
  if (hour > 23 || minutes > 59 || seconds > 60 || offset === undefined) return undefined;
  const start = day + hour * 60 * minute + minutes * minute - offset;
  if (parts[6] === undefined) return { low: start, high: start + minute };
  // A leap second has no millisecond of its own in UTC milliseconds: it shares the last second of its minute.
  const second = start + Math.min(seconds, 59) * 1000;
  const fraction = parts[7];
  if (fraction === undefined) return { low: second, high: second + 1000 };
  const unit = Math.max(1, 1000 / 10 ** fraction.length);
  const low = second + Math.floor(Number(fraction.slice(0, 3).padEnd(3, '0')));
  return { low, high: low + unit };
}

/** A Period's interval: an end that is missing is open. Undefined when neither end is a date. */
export function periodInterval(start: unknown, end: unknown): Interval | undefined {
  const from = typeof start === 'string' ? dateInterval(start) : undefined;
  const to = typeof end === 'string' ? dateInterval(end) : undefined;
  if (!from && !to) return undefined;
  return { low: from?.low ?? beginningOfTime, high: to?.high ?? endOfTime };
}
