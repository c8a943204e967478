import type { Statement } from '#platform/database';
import type { SqlValues } from './sql-values.ts';

/** Shapes recur, so their statements are prepared under a name; a client cannot make up more than this many names. */
const nameLimit = 400;
const names = new Map<string, string>();

/** The statement of a search; the same text has the same name. */
export function searchStatement(schema: string, text: string, sql: SqlValues): Statement {
  let name = names.get(text);
  if (name === undefined && names.size < nameLimit)
    names.set(text, (name = `${schema}.search.${names.size}`));
  return { ...(name === undefined ? {} : { name }), text, values: sql.list };
}
