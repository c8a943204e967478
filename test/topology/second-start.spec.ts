import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, SeptumProcess } from '#platform/testing';

let folder: string;
let dataDir: string;
let septum: SeptumProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'septum-second-'));
  septum = new SeptumProcess('septum', folder, ['--only', 'edge'], {});
  dataDir = join(folder, 'septum');
  await septum.start();
});
afterAll(async () => {
  await septum.kill('SIGTERM');
  // Elsewhere when run as root.
  rmSync(realpathSync(join(dataDir, 'postgres')), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

describe('a second start on the same data', () => {
  it('is refused while the first runs, names it, and does it no harm', async () => {
    const before = postmaster();
    const refused: unknown = await secondStart().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `A Septum already runs here (process ${septum.pid}, ${septum.url}). Stop it, or give this one another SEPTUM_DATA_DIR.`,
      ),
    });
    expect(postmaster()).toBe(before);
    expect(existsSync(join(dataDir, 'run.json'))).toBe(true);
    expect((await fetch(`${septum.url}/health/ready`)).status).toBe(200);
  });

  it('adopts the PostgreSQL of one that was killed, for one alone when two start at once', async () => {
    const before = postmaster();
    await septum.kill('SIGKILL');
    const both = [septum, new SeptumProcess('septum', folder, ['--only', 'edge'], {})];
    await Promise.allSettled(both.map((each) => each.start()));
    const [first, ...more] = both.filter((each) => each.isRunning);
    expect(more).toEqual([]);
    septum = first!;
    expect(postmaster()).toBe(before);
    expect(septum.log()).toContain('Adopted the PostgreSQL left running');
    expect((await fetch(`${septum.url}/health/ready`)).status).toBe(200);
  });
});

describe('the console of a Septum that runs', () => {
  it('is opened by a new address, without a start', async () => {
    const { stdout } = await runProgram(['console', '--data-dir', dataDir]);
    expect(stdout.trim()).toMatch(new RegExp(`^${septum.url}/session/start\\?code=[\\w-]{43}$`));
    const open = () => fetch(stdout.trim(), { redirect: 'manual', headers: { accept: 'text/html' } });
    expect((await open()).status).toBe(303);
    const again = await open();
    expect(again.status).toBe(401);
    expect(await again.text()).toContain('npx septum console');
  });
});

/** On another port, as somebody would who finds the first one taken. */
function secondStart() {
  return runProgram(['serve', '--only', 'edge', '--data-dir', dataDir, '--http-port', '0']);
}

function postmaster(): string | undefined {
  return readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0];
}
