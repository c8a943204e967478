import { randomBytes } from 'node:crypto';
import type { ContextDatabase } from '#platform/database';

/** A secret of a part, made by whichever copy asks first and the same for ever: what is hashed with it stays findable. */
export async function partSecret(database: ContextDatabase, name: string): Promise<string> {
  await database.query('', {
    text: `insert into ${database.schema}.part_secret (name, secret) values ($1, $2) on conflict do nothing`,
    values: [name, randomBytes(32).toString('base64url')],
  });
  const [row] = await database.query<{ secret: string }>('', {
    text: `select secret from ${database.schema}.part_secret where name = $1`,
    values: [name],
  });
  if (row === undefined)
    throw new Error(`The secret ${name} of ${database.context} could not be made. Run septum migrate.`);
  return row.secret;
}
