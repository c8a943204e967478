import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { patient } from './samples.ts';
import { load, LoadClient } from './load.ts';
import { processorTimeMs } from './processor-time.ts';

/** What the machine does without Septum, in the same run. */
export interface Floor {
  readonly name: string;
  readonly perSecond: number;
  /** Of this process and of PostgreSQL, per operation. */
  readonly cpuMs: number;
}

const seconds = 3;

/** A bare Node HTTP server that answers 2 KB. */
async function bareHttp(): Promise<Floor> {
  const body = JSON.stringify(patient(1));
  const server = createServer((_, answer) => answer.end(body));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const client = new LoadClient({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, {}, 8);
  const before = process.cpuUsage();
  const result = await load(client, () => ({ method: 'GET', path: '/' }), 8, seconds);
  const spent = process.cpuUsage(before);
  client.close();
  server.close();
  return {
    name: 'bare Node HTTP, GET 2 KB (client and server in one process)',
    perSecond: result.requests / result.seconds,
    cpuMs: (spent.user + spent.system) / 1000 / result.requests,
  };
}

async function repeat(name: string, postmaster: number, work: () => Promise<unknown>): Promise<Floor> {
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
  return { name, perSecond: done / seconds, cpuMs: spentMs / done };
}

/** The raw driver: one row by key, and one row inserted and committed. */
async function rawDriver(databaseUrl: string, postmaster: number): Promise<Floor[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
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
  const inserted = await repeat('raw driver, insert 2 KB and commit', postmaster, insert);
  const select = () =>
    pool.query({
      name: 's',
      text: 'SELECT content FROM bench_floor.row WHERE id = $1',
      values: [String(next++ % 1000)],
    });
  const selected = await repeat('raw driver, select 2 KB by key', postmaster, select);
  await pool.query('DROP SCHEMA bench_floor CASCADE');
  await pool.end();
  return [selected, inserted];
}

export async function measureFloor(databaseUrl: string, postmaster: number): Promise<Floor[]> {
  return [await bareHttp(), ...(await rawDriver(databaseUrl, postmaster))];
}
