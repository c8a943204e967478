import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openContextDatabase, partUrl } from '#platform/database';
import { eventually, openHouse, type House } from '#platform/testing';

interface Status {
  readonly part: string;
  readonly state: string;
  readonly problems: readonly string[];
}

/** What a part that runs tells of itself when something is not right any more. */
describe('a part that runs', () => {
  let house: House;
  let administrator: pg.Client;
  beforeAll(async () => {
    house = await openHouse({ topology: 'one' });
    administrator = new pg.Client({ connectionString: house.database });
    await administrator.connect();
  });
  afterAll(async () => {
    await administrator?.end();
    await house?.stop();
  });

  const statusOf = async (part: string): Promise<Status | undefined> => {
    const { body } = await house.fhir.get<{ contexts: readonly Status[] }>('/health/contexts');
    return body.contexts.find((each) => each.part === part);
  };
  const ready = async (): Promise<number> => (await house.stranger().get('/health/ready')).status;

  it('is down while its database lacks a migration, and names it; the others are not', async () => {
    const { rows } = await administrator.query<{ name: string; timestamp: string }>(
      `delete from coverage.migrations where id = (select max(id) from coverage.migrations) returning name, timestamp`,
    );
    const { name, timestamp } = rows[0]!;
    await eventually(async () =>
      expect(await statusOf('coverage')).toMatchObject({
        state: 'down',
        problems: [expect.stringContaining(name)],
      }),
    );
    expect(await statusOf('patients')).toMatchObject({ state: 'ready', problems: [] });
    expect(await ready()).toBe(200);
    await administrator.query('insert into coverage.migrations (name, timestamp) values ($1, $2)', [
      name,
      timestamp,
    ]);
    await eventually(async () => expect(await statusOf('coverage')).toMatchObject({ state: 'ready' }));
  });

  it('makes the process unready when it is the edge', async () => {
    await administrator.query('alter table edge.migrations rename to migrations_away');
    await eventually(async () => expect(await ready()).toBe(503));
    await administrator.query('alter table edge.migrations_away rename to migrations');
    await eventually(async () => expect(await ready()).toBe(200));
  });

  it('tells in its metrics of a transaction that nobody ended, until recovery did', async () => {
    const abandoned = openContextDatabase({ url: partUrl(house.database, 'coverage'), context: 'coverage' });
    const metrics = async () => (await house.fhir.get('/metrics')).text;
    const prepared = 'septum_prepared_transactions{context="coverage",age="any"}';
    try {
      expect(await metrics()).toContain(`${prepared} 0`);
      await abandoned.prepared.prepare(randomUUID(), '*', async () => {});
      expect(await metrics()).toContain(`${prepared} 1`);
      expect(await metrics()).toContain('septum_prepared_transactions{context="patients",age="any"} 0');
      await eventually(async () => expect(await metrics()).toContain(`${prepared} 0`), 15_000);
    } finally {
      await abandoned.close();
    }
  });
});
