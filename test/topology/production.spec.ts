import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, houseParts, openHouseDatabase, program, type HouseDatabase } from '#platform/testing';

interface Run {
  readonly pid: number;
  readonly http: string;
  readonly metrics: string;
  readonly database?: string;
}

/** The profile of hospitals: every part with a login of its own, nothing made by starting, nothing open by default. */
describe('the production profile', () => {
  let database: HouseDatabase;
  let folder: string;
  let urls: Record<string, string>;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'septum-production-'));
    database = await openHouseDatabase({ ownServer: true });
    urls = Object.fromEntries(
      houseParts.map((part) => [`SEPTUM_${part.toUpperCase()}_DATABASE_URL`, loginOf(database.url, part)]),
    );
  });
  afterEach(async () => {
    if (server?.exitCode !== null) return;
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  });
  afterAll(async () => {
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !name.startsWith('SEPTUM_') && name !== 'NODE_OPTIONS',
    );
    const own = {
      SEPTUM_PROFILE: 'production',
      SEPTUM_HTTP_HOST: '127.0.0.1',
      SEPTUM_PUBLIC_URL: 'https://fhir.hospital.example',
      SEPTUM_HTTP_PORT: '0',
      SEPTUM_METRICS_PORT: '0',
      SEPTUM_MLLP_PORT: '0',
      SEPTUM_DATA_DIR: folder,
      SEPTUM_DRAIN_MS: '0',
    };
    return { ...Object.fromEntries(inherited), ...own, ...urls, ...more };
  }

  function septum(args: readonly string[], more: Record<string, string> = {}) {
    return spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      env: environment(more),
      encoding: 'utf8',
      timeout: 200_000,
    });
  }

  it('refuses a part without a login of its own, by name', () => {
    delete urls['SEPTUM_QUALITY_DATABASE_URL'];
    const { status, stderr } = septum(['serve']);
    urls['SEPTUM_QUALITY_DATABASE_URL'] = loginOf(database.url, 'quality');
    expect(status).toBe(1);
    expect(stderr).toContain('SEPTUM_QUALITY_DATABASE_URL is missing');
  });

  it('refuses to guess where clients reach it', () => {
    const { status, stderr } = septum(['serve'], { SEPTUM_PUBLIC_URL: '' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^septum: SEPTUM_PUBLIC_URL is missing: [^\n]+$/m);
  });

  it('is made by septum migrate, which may be repeated', () => {
    const first = septum(['migrate', '--admin', database.url, '--json']);
    expect(first.stderr).not.toContain('septum:');
    expect(first.status).toBe(0);
    const again = JSON.parse(septum(['migrate', '--admin', database.url, '--json']).stdout) as {
      parts: Record<string, string[]>;
    };
    expect(Object.values(again.parts).flat()).toEqual([]);
  });

  it('refuses a database that may lose what it acknowledged, and says what to do', async () => {
    const name = pg.escapeIdentifier(new URL(database.url).pathname.slice(1));
    await asAdministrator(database.url, `alter database ${name} set synchronous_commit = off`);
    const { status, stderr } = septum(['serve']);
    await asAdministrator(database.url, `alter database ${name} reset synchronous_commit`);
    expect(status).toBe(1);
    expect(stderr).toContain('synchronous_commit is off');
    expect(stderr).toContain('RESET synchronous_commit');
  });

  it('serves without a session, and its metrics on a port of their own', async () => {
    server = spawn(process.execPath, [program, 'serve'], {
      cwd: folder,
      env: environment(),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const run = await eventually(async () => {
      const found = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Run;
      expect(found.pid).toBe(server?.pid);
      return found;
    });
    expect(run.database).toBeUndefined();
    await eventually(async () => expect((await fetch(`${run.http}/health/ready`)).status).toBe(200));
    expect((await fetch(`${run.http}/metrics`)).status).toBe(404);
    expect((await fetch(`${run.http}/session/start?code=x`)).status).toBe(404);
    expect(await (await fetch(run.metrics)).text()).toContain('septum_permits');
    const token = septum(['token']).stdout.trim();
    const count = await fetch(`${run.http}/fhir/R4/Patient?_summary=count`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await count.json()).toMatchObject({ total: 0 });
  });
});

/** The login that an operator chose for a part; migrate sets its password. */
function loginOf(adminUrl: string, part: string): string {
  return Object.assign(new URL(adminUrl), { username: `septum_${part}`, password: `chosen-for-${part}` })
    .href;
}

async function asAdministrator(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
