/**
 * The lock rule of the architecture (§4): in READ COMMITTED a statement takes its snapshot before it waits for a lock,
 * so what a lock guards is read by a later statement, of the same round trip, or by a VOLATILE function.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  type OpenContextDatabase,
} from '#platform/database';
import { openTestServer, sql, type TestServer } from './server.ts';
import { Things1700000000000 } from './things.migration.ts';

const rivals = 16;
let server: TestServer;
let database: OpenContextDatabase;
beforeAll(async () => {
  server = await openTestServer();
  await provision(server.url, ['medications']);
  await migrate(server.url, 'medications', [Things1700000000000]);
  database = openContextDatabase({
    url: partUrl(server.url, 'medications'),
    context: 'medications',
    poolSize: rivals,
  });
  // All connections are open beforehand, so that the rivals really meet.
  await Promise.all(
    Array.from({ length: rivals }, () => database.query('*', { text: 'select pg_sleep(0.2)' })),
  );
});
afterAll(async () => {
  await database.close();
  await server.close();
});
beforeEach(() => sql(server.url, 'truncate medications.thing'));

const lock = `pg_advisory_xact_lock(hashtextextended('the identifier', 0))`;
const createUnlessThere = `insert into thing (id, body) select $1, 'same' where not exists (select from thing where body = 'same') returning id`;

async function winners(attempt: (id: string) => Promise<object[]>): Promise<number> {
  const results = await Promise.all(Array.from({ length: rivals }, (_, index) => attempt(`r${index}`)));
  return results.filter((rows) => rows.length > 0).length;
}

describe('a conditional create under rivals', () => {
  it('has exactly one winner when the lock is taken by an earlier statement of the round trip', async () => {
    const won = await winners(async (id) => {
      const [, created] = await database.pipeline('*', [
        { text: `select ${lock}` },
        { text: createUnlessThere, values: [id] },
      ]);
      return created ?? [];
    });
    expect(won).toBe(1);
  });

  it('has several when lock and read share a statement: the planted fault', async () => {
    const naive = `with locked as materialized (select ${lock}), waited as materialized (select pg_sleep(0.1) from locked) ${createUnlessThere.replace('where not', 'from waited where not')}`;
    const won = await winners((id) => database.query('*', { text: naive, values: [id] }));
    expect(won).toBeGreaterThan(1);
  });
});
