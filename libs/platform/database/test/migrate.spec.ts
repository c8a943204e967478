import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceFor, migrate, migrationState, partUrl, provision } from '#platform/database';
import { openTestServer, sql, withClient, type TestServer } from './server.ts';
import { Things1700000000000 } from './things.migration.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
  await provision(server.url, ['medications', 'clinical', 'quality']);
});
afterAll(() => server.close());

class Slow1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table once (n int); insert into once values (1); select pg_sleep(0.2)');
  }
  async down(): Promise<void> {}
}

class Broken1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table half (n int)');
    await runner.query('select 1/0');
  }
  async down(): Promise<void> {}
}

class Blocked1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table once add column more int');
  }
  async down(): Promise<void> {}
}

@Entity('once')
class Once {
  @PrimaryColumn('int') n!: number;
  @Column('int', { nullable: true, select: false }) more?: number;
}

describe('migrations', () => {
  it('run once when several processes start at the same time', async () => {
    const ran = await Promise.all(
      Array.from({ length: 4 }, () =>
        migrate(server.url, 'medications', [Things1700000000000, Slow1700000000001]),
      ),
    );
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
    expect(ran.flat()).toContain('Slow1700000000001');
    expect(await sql(server.url, 'select * from medications.once')).toEqual([{ n: 1 }]);
    expect(await migrate(server.url, 'medications', [Things1700000000000, Slow1700000000001])).toEqual([]);
  });

  it('refuse a database that is newer than the program, and leave it alone', async () => {
    await expect(
      migrate(server.url, 'medications', [Things1700000000000, Broken1700000000002]),
    ).rejects.toThrow(/newer than this program.*Slow1700000000001/);
    expect(await sql(server.url, `select to_regclass('medications.half') as half`)).toEqual([{ half: null }]);
  });

  it('leave nothing of one that fails', async () => {
    await expect(migrate(server.url, 'quality', [Broken1700000000002])).rejects.toThrow(/division by zero/);
    expect(await sql(server.url, `select to_regclass('quality.half') as half`)).toEqual([{ half: null }]);
  });

  it('give up a lock they do not get, instead of stopping everybody behind them', async () => {
    await migrate(server.url, 'clinical', [Slow1700000000001]);
    await withClient(server.url, async (client) => {
      await client.query('begin; lock table clinical.once in access share mode');
      await expect(
        migrate(server.url, 'clinical', [Slow1700000000001, Blocked1700000000003], { lockTimeoutMs: 100 }),
      ).rejects.toThrow(/lock timeout/);
      await client.query('rollback');
    });
    expect(await migrate(server.url, 'clinical', [Slow1700000000001, Blocked1700000000003])).toEqual([
      'Blocked1700000000003',
    ]);
  });

  it('tell readiness what is missing, to the part’s own role', async () => {
    const state = await withClient(partUrl(server.url, 'clinical'), (client) =>
      migrationState(client, 'clinical', [Slow1700000000001, Broken1700000000002]),
    );
    expect(state).toMatchObject({ pending: ['Broken1700000000002'], unknown: ['Blocked1700000000003'] });
  });
});

describe('a context’s DataSource', () => {
  it('reads and writes the context’s own tables under its own role', async () => {
    const source = await dataSourceFor({
      url: partUrl(server.url, 'clinical'),
      context: 'clinical',
      entities: [Once],
    }).initialize();
    await source.getRepository(Once).save({ n: 2 });
    expect(await source.getRepository(Once).find({ order: { n: 'asc' } })).toEqual([{ n: 1 }, { n: 2 }]);
    await expect(source.query('select * from medications.once')).rejects.toThrow(/permission denied/);
    await source.destroy();
  });
});
