import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { coordinatorUrl, createDatabase, migrate, partUrl, provision } from '#platform/database';
import { houseParts as parts } from '#platform/testing';
import { openTestServer, sql, withClient, type TestServer } from './server.ts';
import { Things1700000000000 } from './things.migration.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
  await provision(server.url, parts);
  await Promise.all(parts.map((part) => migrate(server.url, part, [Things1700000000000])));
});
afterAll(() => server.close());

/** What a role may not do to a table that is not its part's, and none may do to any. */
const foreign = (schema: string) => [
  `select * from ${schema}.thing`,
  `insert into ${schema}.thing (id) values ('x')`,
  `update ${schema}.thing set body = ''`,
  `delete from ${schema}.thing`,
  `truncate ${schema}.thing`,
  `alter table ${schema}.thing add column more int`,
  `drop table ${schema}.thing`,
  `create table ${schema}.other ()`,
];
const structural = (schema: string) => foreign(schema).slice(4);

async function codeOf(client: Client, statement: string): Promise<string | undefined> {
  return client.query(statement).then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
}

describe('the roles', () => {
  it.each(parts)('%s is refused every schema but its own', async (part) => {
    await withClient(partUrl(server.url, part), async (client) => {
      const granted: string[] = [];
      for (const statement of parts.filter((other) => other !== part).flatMap(foreign)) {
        if ((await codeOf(client, statement)) !== '42501') granted.push(statement);
      }
      expect(granted).toEqual([]);
    });
  });

  it.each(parts)('%s reads and writes its own rows, and changes no table', async (part) => {
    await withClient(partUrl(server.url, part), async (client) => {
      await client.query(`select set_config('septum.rows', '*', false)`);
      expect(await codeOf(client, `insert into ${part}.thing (id) values ('own')`)).toBeUndefined();
      expect((await client.query(`select id from ${part}.thing`)).rows).toEqual([{ id: 'own' }]);
      for (const statement of [
        ...structural(part),
        `delete from ${part}.migrations`,
        'create table public.t ()',
        'create temporary table t ()',
      ]) {
        expect([statement, await codeOf(client, statement)]).toEqual([statement, '42501']);
      }
    });
  });

  it('lets no part become another, or its owner', async () => {
    await withClient(partUrl(server.url, 'medications'), async (client) => {
      for (const role of [
        'septum_patients',
        'septum_medications_owner',
        'septum_coordinator',
        'septum_admin',
      ]) {
        expect([role, await codeOf(client, `set role ${role}`)]).toEqual([role, '42501']);
      }
    });
  });

  it('gives the coordinator nothing until it takes a role, and never an owner’s', async () => {
    await withClient(coordinatorUrl(server.url), async (client) => {
      for (const statement of parts.flatMap(foreign)) {
        expect([statement, await codeOf(client, statement)]).toEqual([statement, '42501']);
      }
      await client.query('begin; set local role septum_medications');
      expect(await codeOf(client, 'select * from medications.thing')).toBeUndefined();
      expect(await codeOf(client, 'select * from patients.thing')).toBe('42501');
      await client.query('rollback');
      expect(await codeOf(client, 'set role septum_medications_owner')).toBe('42501');
    });
  });

  it('has the tables owned by those who cannot log in', async () => {
    const owners = await sql(
      server.url,
      `select distinct r.rolname, r.rolcanlogin from pg_class c join pg_roles r on r.oid = c.relowner where c.relname = 'thing'`,
    );
    expect(owners.map((row) => row['rolname']).sort()).toEqual(
      parts.map((part) => `septum_${part}_owner`).sort(),
    );
    expect(owners.every((row) => row['rolcanlogin'] === false)).toBe(true);
  });

  it('are provisioned again and again, in several databases at once', async () => {
    const names = ['one', 'two', 'three'];
    const urls = await Promise.all(names.map((name) => createDatabase(server.url, name)));
    await Promise.all([...urls, ...urls].map((url) => provision(url, parts)));
    for (const url of urls)
      expect(await sql(partUrl(url, 'access'), 'select current_user as me')).toEqual([
        { me: 'septum_access' },
      ]);
  });

  it('work at once in a database made from a template', async () => {
    const template = await createDatabase(server.url, 'model');
    await provision(template, ['medications']);
    await migrate(template, 'medications', [Things1700000000000]);
    const copy = await createDatabase(server.url, 'copy', 'model');
    expect(
      await sql(partUrl(copy, 'medications'), 'select count(*)::int as n from medications.thing'),
    ).toEqual([{ n: 0 }]);
  });

  it('keeps passwords out of what PostgreSQL is told', async () => {
    const stored = await sql(
      server.url,
      `select rolpassword from pg_authid where rolname like 'septum\\_%' and rolcanlogin`,
    );
    expect(stored.every((row) => String(row['rolpassword']).startsWith('SCRAM-SHA-256$4096:'))).toBe(true);
  });

  it('refuses a part whose name is more than a name', async () => {
    await expect(provision(server.url, ['x; drop schema patients'])).rejects.toThrow(/no name for a part/);
  });
});
