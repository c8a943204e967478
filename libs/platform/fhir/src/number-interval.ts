/**
 * Numbers and quantities in a search. A stored number is a point; a number in a query has the precision it is written
 * with: `5.4` is [5.35, 5.45). https://hl7.org/fhir/R4/search.html#number
 */

export interface NumberInterval {
  /** Inclusive. */
  readonly low: number;
  /** Exclusive for a query's interval; inclusive for a stored one, where a point has `low` equal to `high`. */
  readonly high: number;
}

/** The ends of an open range; finite, so that they survive JSON. */
export const smallestNumber = -Number.MAX_VALUE;
export const largestNumber = Number.MAX_VALUE;

const form = /^([+-]?\d{1,30}(?:\.(\d{1,30}))?)(?:[eE]([+-]?\d{1,3}))?$/;

/** What a query's number covers; undefined when it is no number. */
export function numberInterval(value: string): NumberInterval | undefined {
  const parts = form.exec(value);
  if (!parts) return undefined;
  const [, mantissa, decimals = '', exponent] = parts;
  // The specification's own example: 1e2 covers [95, 105), so with an exponent half a tenth of the last digit counts.
  const places = exponent === undefined ? 1 : 2;
  const scaled = BigInt(mantissa!.replace('.', '').replace('+', '')) * 10n ** BigInt(places);
  const power = Number(exponent ?? 0) - decimals.length - places;
  // Text becomes a number once, so that no rounding adds up.
  return { low: Number(`${scaled - 5n}e${power}`), high: Number(`${scaled + 5n}e${power}`) };
}
