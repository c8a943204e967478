/** The one function of `pg`'s inside that has no type: how a JavaScript value becomes a parameter. */
declare module 'pg/lib/utils.js' {
  const utils: { prepareValue(value: unknown): Buffer | string | null };
  export default utils;
}
