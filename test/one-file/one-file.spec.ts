import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkout, eventually, type Json } from '#platform/testing';

const file = join(checkout, 'dist', `septum-${process.platform}-${process.arch}`);

interface RunFile {
  readonly pid: number;
  readonly http: string;
}

/** In an environment that names no program: neither Node nor npm is found there. */
describe('the one file', () => {
  let folder: string;
  let server: ChildProcess | undefined;
  const environment = () => ({
    HOME: folder,
    PATH: '/nowhere',
    SEPTUM_HTTP_PORT: '0',
    SEPTUM_MLLP_PORT: '0',
    SEPTUM_DEMO_PATIENTS: '0',
  });
  const septum = async (...words: string[]) =>
    (await promisify(execFile)(file, words, { cwd: folder, env: environment() })).stdout;
  const run = () => JSON.parse(readFileSync(join(folder, '.septum', 'run.json'), 'utf8')) as RunFile;

  beforeAll(() => {
    execFileSync(process.execPath, ['tools/package.mjs'], { cwd: checkout, stdio: 'ignore' });
    folder = mkdtempSync(join(tmpdir(), 'septum-one-file-'));
  }, 600_000);
  afterAll(async () => {
    await end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Resolves when it is ready. */
  async function serve(): Promise<void> {
    const child = spawn(file, ['serve'], { cwd: folder, env: environment(), stdio: 'ignore' });
    server = child;
    await eventually(async () => {
      expect(run().pid).toBe(child.pid);
      expect((await fetch(`${run().http}/health/ready`)).status).toBe(200);
    }, 120_000);
  }

  async function end(): Promise<void> {
    const child = server;
    server = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  async function patient(): Promise<Json> {
    const token = (await septum('token')).trim();
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${run().http}/fhir/R4/Patient/one-file`, { headers });
    return (await answer.json()) as Json;
  }

  it('unpacks itself once', async () => {
    expect(await septum('--help')).toContain('Usage: septum');
    const cache = join(folder, '.cache', 'septum', 'tools');
    const [unpacked, ...others] = readdirSync(cache);
    expect(others).toEqual([]);
    const made = statSync(join(cache, unpacked!)).mtimeMs;
    await septum('--help');
    expect(readdirSync(cache)).toEqual([unpacked]);
    expect(statSync(join(cache, unpacked!)).mtimeMs).toBe(made);
  }, 120_000);

  it('serves on the PostgreSQL that it brings, imports, shows its console, and keeps all over a second start', async () => {
    const resource = join(folder, 'patient.json');
    writeFileSync(resource, JSON.stringify({ resourceType: 'Patient', id: 'one-file', gender: 'female' }));
    await serve();
    await septum('import', resource);
    expect(await patient()).toMatchObject({ id: 'one-file', gender: 'female' });
    const page = await fetch(run().http);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>')]);
    await end();
    await serve();
    expect(await patient()).toMatchObject({ id: 'one-file', meta: { versionId: '1' } });
    expect(JSON.parse(await septum('doctor', '--json'))).toMatchObject({ well: true });
  }, 400_000);

  it('says what to do where it cannot be unpacked', async () => {
    const env = { ...environment(), SEPTUM_TOOLS_CACHE: '/proc/nowhere' };
    const refused = await promisify(execFile)(file, ['--help'], { cwd: folder, env }).catch(
      (error: { stderr: string }) => error,
    );
    expect(refused.stderr).toContain('SEPTUM_TOOLS_CACHE');
  }, 60_000);
});
