/** The long form runs under `npm run verify`; `npm test` runs the short one. */
export const isLong = process.env['SEPTUM_TEST_LENGTH'] === 'long' || process.env['SEPTUM_LONG'] === '1';

/** How often, how many: the first in `npm test`, the second in `npm run verify`. */
export function shortOrLong(short: number, long: number): number {
  return isLong ? long : short;
}

/** The seed of this run. SEPTUM_TEST_SEED repeats an earlier one: same victims, same pauses, same writes asked for. */
export function seedOfRun(): number {
  const given = process.env['SEPTUM_TEST_SEED'];
  return given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
}
