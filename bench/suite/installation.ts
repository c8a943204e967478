import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = join(process.cwd(), 'dist/apps/septum/src/main.js');

interface Run {
  readonly pid: number;
  readonly http: string;
  readonly database: string;
  readonly postgres?: number;
}

/** The processes of one Septum made for measuring, in a folder of its own. */
export interface Installation {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** The processes to account for: every Septum process, and the postmaster. */
  readonly septum: readonly number[];
  readonly postmaster: number;
  readonly databaseUrl: string;
  stop(): Promise<void>;
}

function start(args: readonly string[], environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [program, 'serve', ...args], {
    env: {
      ...process.env,
      SEPTUM_HTTP_PORT: '0',
      SEPTUM_MLLP_PORT: '0',
      SEPTUM_LOG_LEVEL: 'warn',
      // A bench is one client at full speed; what it costs is measured, not whether it is refused.
      SEPTUM_RATE_LIMIT: '0',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function ready(folder: string, child: ChildProcess, seconds: number): Promise<Run> {
  for (const until = Date.now() + seconds * 1000; Date.now() < until; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`septum ended with ${child.exitCode} before it was ready`);
    try {
      const run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Run;
      if (run.pid === child.pid && (await fetch(`${run.http}/health/ready`)).ok) return run;
    } catch {
      // Not written, or not listening yet.
    }
  }
  throw new Error(`septum was not ready within ${seconds} s`);
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await new Promise((ended) => child.once('exit', ended));
}

/** Starts one program with `patients` demo patients; with `natsUrl`, `medications` in a process of its own. */
export async function install(patients: number, natsUrl?: string): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'septum-bench-'));
  const whole = { SEPTUM_DATA_DIR: folder, SEPTUM_DEMO_PATIENTS: String(patients) };
  let main = start([], whole);
  let run = await ready(folder, main, 1_800);
  const children: ChildProcess[] = [];
  if (natsUrl) {
    // The demo's data want all parts: they are made by the whole program, which then makes room for the two.
    await stop(main);
    const apart = { SEPTUM_NATS_URL: natsUrl, SEPTUM_DEMO_PATIENTS: '0' };
    main = start(['--except', 'medications'], { ...apart, SEPTUM_DATA_DIR: folder });
    run = await ready(folder, main, 60);
    const own = join(folder, 'medications');
    const second = start(['--only', 'medications'], {
      ...apart,
      SEPTUM_DATA_DIR: own,
      SEPTUM_DATABASE_URL: run.database,
    });
    children.push(second);
    await ready(own, second, 60);
  }
  children.unshift(main);
  const token = execFileSync(process.execPath, [program, 'token', '--scope', 'system/*.cruds'], {
    env: { ...process.env, SEPTUM_DATA_DIR: folder },
    encoding: 'utf8',
  }).trim();
  const { hostname, port } = new URL(run.http);
  return {
    host: hostname,
    port: Number(port),
    token,
    septum: children.map((child) => child.pid ?? 0),
    postmaster: postmasterOf(folder),
    databaseUrl: run.database,
    async stop() {
      for (const child of children.toReversed()) await stop(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL writes its process id into the cluster's folder. https://www.postgresql.org/docs/18/storage-file-layout.html */
function postmasterOf(folder: string): number {
  const found =
    execFileSync('find', ['-L', folder, '-name', 'postmaster.pid'], { encoding: 'utf8' })
      .trim()
      .split('\n')[0] ?? '';
  return Number(readFileSync(found, 'utf8').split('\n')[0]);
}
