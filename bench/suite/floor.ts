import { spawn } from 'node:child_process';
import { Pool } from 'pg';
import { patient } from './samples.ts';
import { load, LoadClient } from './load.ts';
import { processorTimeMs } from './processor-time.ts';

/** What the machine does without Septum, in the same run. */
export interface Floor {
  readonly name: string;
  readonly perSecond: number;
  /** Of the server, or of the driver and PostgreSQL, per operation. */
  readonly cpuMs: number;
  /** The same on the quiet machine on which the budgets were set. */
  readonly quietCpuMs: number;
}

const seconds = 3;

/** A program of its own, so that only the server is counted. */
const server = `const body = process.argv[1];
require('node:http').createServer((_, answer) => answer.end(body)).listen(0, '127.0.0.1', function () {
  process.stdout.write(String(this.address().port));
});`;

/** A bare Node HTTP server that answers 2 KB. */
async function bareHttp(): Promise<Floor> {
  const child = spawn(process.execPath, ['-e', server, JSON.stringify(patient(1))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((told) => child.stdout.once('data', (text) => told(Number(text))));
  const client = new LoadClient({ host: '127.0.0.1', port }, {}, 8);
  const next = () => ({ method: 'GET', path: '/' });
  await load(client, next, 8, 1);
  const before = processorTimeMs(child.pid ?? 0);
  const result = await load(client, next, 8, seconds);
  const spentMs = processorTimeMs(child.pid ?? 0) - before;
  client.close();
  child.kill();
  return {
    name: 'bare Node HTTP server, GET 2 KB',
    perSecond: result.requests / result.seconds,
    cpuMs: spentMs / result.requests,
    quietCpuMs: 0.029,
  };
}

async function repeat(
  name: string,
  quietCpuMs: number,
  postmaster: number,
  work: () => Promise<unknown>,
): Promise<Floor> {
  let done = 0;
  const ownBefore = process.cpuUsage();
  const postgresBefore = processorTimeMs(postmaster);
  const until = Date.now() + seconds * 1000;
  const worker = async () => {
    for (; Date.now() < until; done++) await work();
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  const own = process.cpuUsage(ownBefore);
  const spentMs = (own.user + own.system) / 1000 + processorTimeMs(postmaster) - postgresBefore;
  return { name, perSecond: done / seconds, cpuMs: spentMs / done, quietCpuMs };
}

/** The raw driver: one row by key, and one row inserted and committed. */
async function rawDriver(databaseUrl: string, postmaster: number): Promise<Floor[]> {
  const pool = new Pool({ connectionString: databaseUrl, max: 8 });
  const content = JSON.stringify(patient(1));
  await pool.query('CREATE SCHEMA IF NOT EXISTS bench_floor');
  await pool.query(
    'CREATE TABLE IF NOT EXISTS bench_floor.row (id text COLLATE "C" PRIMARY KEY, content text NOT NULL)',
  );
  let next = 0;
  const insert = () =>
    pool.query({
      name: 'i',
      text: 'INSERT INTO bench_floor.row VALUES ($1, $2)',
      values: [String(next++), content],
    });
  const inserted = await repeat('raw driver, insert 2 KB and commit', 0.29, postmaster, insert);
  const select = () =>
    pool.query({
      name: 's',
      text: 'SELECT content FROM bench_floor.row WHERE id = $1',
      values: [String(next++ % 1000)],
    });
  const selected = await repeat('raw driver, select 2 KB by key', 0.07, postmaster, select);
  await pool.query('DROP SCHEMA bench_floor CASCADE');
  await pool.end();
  return [selected, inserted];
}

export async function measureFloor(databaseUrl: string, postmaster: number): Promise<Floor[]> {
  return [await bareHttp(), ...(await rawDriver(databaseUrl, postmaster))];
}

/** Of two measurements, one before and one after: the machine is shared, and its pace changes. */
export function meanFloor(before: readonly Floor[], after: readonly Floor[]): Floor[] {
  return before.map((one, at) => {
    const other = after[at] ?? one;
    const perSecond = (one.perSecond + other.perSecond) / 2;
    return { ...one, perSecond, cpuMs: (one.cpuMs + other.cpuMs) / 2 };
  });
}
