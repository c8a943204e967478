import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedPostgres } from '#platform/database';
import { program, startNats, type NatsServer } from '#platform/testing';
import { loadStatementCount, startCounted } from './counted-postgres.ts';

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
  /** The processes to account for: every Septum process, and the postmasters, that of the home database first. */
  readonly septum: readonly number[];
  readonly postmasters: readonly number[];
  /** Of an administrator, the home database first. */
  readonly databaseUrls: readonly string[];
  stop(): Promise<void>;
}

function start(args: readonly string[], environment: Record<string, string>): ChildProcess {
  // As the image starts it, see Dockerfile.
  return spawn(
    process.execPath,
    ['--min-semi-space-size=16', '--max-semi-space-size=16', program, 'serve', ...args],
    {
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
    },
  );
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

export const topologies = ['one', 'medications-out', 'medications-own-database'] as const;
export type BenchTopology = (typeof topologies)[number];

interface Servers {
  readonly nats?: NatsServer;
  /** Of medications alone. */
  readonly second?: EmbeddedPostgres;
}

async function startServers(topology: BenchTopology, folder: string): Promise<Servers> {
  if (topology === 'one') return {};
  const nats = await startNats({ jetstream: true });
  if (topology === 'medications-out') return { nats };
  return { nats, second: await startCounted(join(folder, 'second')) };
}

/** The processes of a topology: the first has the edge and all that the others leave it. */
function argumentsOf(topology: BenchTopology): readonly (readonly string[])[] {
  return topology === 'one'
    ? [[]]
    : [
        ['--except', 'medications'],
        ['--only', 'medications'],
      ];
}

/** Starts Septum with `patients` demo patients in a topology. */
export async function install(patients: number, topology: BenchTopology): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'septum-bench-'));
  const { nats, second } = await startServers(topology, folder);
  const apart: Record<string, string> = second ? { SEPTUM_MEDICATIONS_DATABASE_URL: second.url } : {};
  // The demo's data want all parts: they are made by the whole program, which then makes room for the topology.
  const whole = { ...apart, SEPTUM_DATA_DIR: folder, SEPTUM_DEMO_PATIENTS: String(patients) };
  const maker = start([], whole);
  await loadStatementCount((await ready(folder, maker, 1_800)).database);
  await stop(maker);

  const children: ChildProcess[] = [];
  const runs: Run[] = [];
  for (const [nth, args] of argumentsOf(topology).entries()) {
    const own = nth === 0 ? folder : join(folder, `process-${nth}`);
    const child = start(args, {
      ...apart,
      SEPTUM_DATA_DIR: own,
      SEPTUM_DEMO_PATIENTS: '0',
      ...(nats ? { SEPTUM_NATS_URL: nats.url } : {}),
      ...(runs[0] ? { SEPTUM_DATABASE_URL: runs[0].database } : {}),
    });
    children.push(child);
    runs.push(await ready(own, child, 60));
  }
  const [run] = runs as [Run];
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
    postmasters: [postmasterOf(folder), ...(second ? [second.pid()] : [])],
    databaseUrls: [run.database, ...(second ? [second.url] : [])],
    async stop() {
      for (const child of children.toReversed()) await stop(child);
      await second?.stop();
      await nats?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL writes its process id into the cluster's folder. https://www.postgresql.org/docs/18/storage-file-layout.html */
function postmasterOf(folder: string): number {
  const found =
    execFileSync('find', ['-L', join(folder, 'postgres'), '-name', 'postmaster.pid'], { encoding: 'utf8' })
      .trim()
      .split('\n')[0] ?? '';
  return Number(readFileSync(found, 'utf8').split('\n')[0]);
}
