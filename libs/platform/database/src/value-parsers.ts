/**
 * How PostgreSQL's values become JavaScript's, on every connection of Septum and nowhere else (the driver's global
 * parsers are left alone):
 *
 * | PostgreSQL    | JavaScript |
 * |---------------|------------|
 * | `int8`        | `number`; one beyond 2^53 is refused: select it `::text` |
 * | `timestamptz` | `number`: milliseconds since the epoch, microseconds cut off |
 * | `date`, `timestamp`, `numeric` | `string`, as PostgreSQL writes it |
 * | the rest      | as `pg` does: `json` parsed, `text[]` an array, `bytea` a Buffer |
 *
 * A `Date` given as a parameter is sent with its offset; numbers of milliseconds go in as `to_timestamp($1 / 1000.0)`.
 */
import { type CustomTypesConfig, types } from 'pg';

const { builtins } = types;

function int8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError('An int8 beyond 2^53 was selected; select it as text (column::text).');
  }
  return value;
}

/** `2026-03-01 07:05:09.123456+00`; years beyond 9999 and BC do not occur in `lastUpdated` and are refused. */
function timestamptz(text: string): number {
  const milliseconds = Date.parse(`${text.slice(0, 10)}T${text.slice(11).replace(/([+-]\d\d)$/, '$1:00')}`);
  if (Number.isNaN(milliseconds))
    throw new RangeError('A timestamptz outside the years 1 to 9999 was selected.');
  return milliseconds;
}

const asWritten = (text: string) => text;

const ours = new Map<number, (text: string) => unknown>([
  [builtins.INT8, int8],
  [builtins.TIMESTAMPTZ, timestamptz],
  [builtins.DATE, asWritten],
  [builtins.TIMESTAMP, asWritten],
  [builtins.NUMERIC, asWritten],
]);

export const valueParsers: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : ours.get(oid)) ?? types.getTypeParser(oid, format),
};
