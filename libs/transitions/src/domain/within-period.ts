import { beginningOfTime, dateInterval, endOfTime, fields, words } from '#platform/fhir';

/**
 * Whether a moment lies in a Period, its ends included: `2026` as the end lasts until that year ends. An end that is
 * missing is open. https://hl7.org/fhir/R4/datatypes.html#Period
 *
 * @param at milliseconds since the epoch
 */
export function isWithin(period: unknown, at: number): boolean {
  const { start, end } = fields(period);
  const from = dateInterval(words(start) ?? '')?.low ?? beginningOfTime;
  const until = dateInterval(words(end) ?? '')?.high ?? endOfTime;
  return from <= at && at < until;
}
