/**
 * The benchmark suite: `npm run bench -- [--patients 1000] [--seconds 5] [--only TEXT] [--concurrency 1,8,32]
 * [--topologies one,medications-out] [--record NAME]`.
 * Starts its own Septum, loads generated patients, runs each workload at each concurrency and, in the same run, the
 * floor. Prints a table; `--record` writes it to bench/results.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { meanFloor, measureFloor } from './floor.ts';
import { install, type Installation } from './installation.ts';
import { load, LoadClient, percentile } from './load.ts';
import { startNats } from '#platform/testing';
import type { Measured } from './measured.ts';
import { population } from './population.ts';
import { processorTimeMs, residentMb } from './processor-time.ts';
import { table, type Idle, type Result } from './table.ts';
import { type Workload, workloads } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    patients: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '5' },
    concurrency: { type: 'string', default: '8,1,32' },
    only: { type: 'string', default: '' },
    topologies: { type: 'string', default: 'one,medications-out' },
    record: { type: 'string' },
  },
});
const seconds = Number(options.seconds);

/** Processor time so far of all Septum processes, and of PostgreSQL. */
function spent({ septum, postmaster }: Installation) {
  return {
    septumMs: septum.reduce((sum, pid) => sum + processorTimeMs(pid, postmaster), 0),
    postgresMs: processorTimeMs(postmaster),
  };
}

/** Requests that warm a workload up before it is measured, as the compilers need them. */
const warmRequests = 1_000;

async function measure(
  house: Installation,
  client: LoadClient,
  workload: Workload,
  next: (index: number) => ReturnType<Workload['request']>,
  concurrency: number,
) {
  const warm = concurrency === 1 ? 1 : Math.ceil(warmRequests / (workload.resourcesPerRequest ?? 1));
  await load(client, next, concurrency, Math.min(2, seconds), warm);
  const before = spent(house);
  const result = await load(client, next, concurrency, seconds);
  const after = spent(house);
  const units = result.requests * (workload.resourcesPerRequest ?? 1);
  return {
    workload: workload.name,
    concurrency,
    perSecond: units / result.seconds,
    p50Ms: percentile(result.latencies, 0.5),
    p95Ms: percentile(result.latencies, 0.95),
    p99Ms: percentile(result.latencies, 0.99),
    errors: result.errors,
    septumCpuMs: (after.septumMs - before.septumMs) / units,
    postgresCpuMs: (after.postgresMs - before.postgresMs) / units,
    budgetMs: workload.budgetMs,
    bytes: Math.round(result.bytes / result.requests),
  };
}

/** What the house spends on itself while nobody asks for anything: relays that look, health, leases. */
async function measureIdle(house: Installation): Promise<Idle> {
  const before = spent(house);
  const began = performance.now();
  await sleep(5_000);
  const passed = (performance.now() - began) / 1000;
  const after = spent(house);
  return {
    septumCpuMs: (after.septumMs - before.septumMs) / passed,
    postgresCpuMs: (after.postgresMs - before.postgresMs) / passed,
  };
}

async function topology(name: string): Promise<Omit<Result, 'topology'>> {
  const nats = name === 'one' ? undefined : await startNats({ jetstream: true });
  const house = await install(Number(options.patients), nats?.url);
  try {
    const client = new LoadClient(house, { authorization: `Bearer ${house.token}` }, 64);
    const drawn = await population(client, Number(options.patients));
    const rows: Measured[] = [];
    const floor = await measureFloor(house.databaseUrl, house.postmaster);
    const idle = await measureIdle(house);
    let index = 0;
    for (const workload of workloads.filter((one) => one.name.includes(options.only))) {
      for (const concurrency of options.concurrency.split(',').map(Number)) {
        const row = await measure(
          house,
          client,
          workload,
          () => workload.request(drawn, index++),
          concurrency,
        );
        rows.push({ topology: name, ...row });
        process.stderr.write(`${name}  ${workload.name}  c${concurrency}  ${Math.round(row.perSecond)}/s\n`);
      }
    }
    client.close();
    const memory = residentMb(house.septum[0] ?? 0);
    const floorAfter = await measureFloor(house.databaseUrl, house.postmaster);
    return { rows, floor: meanFloor(floor, floorAfter), idle, residentMb: memory };
  } finally {
    await house.stop();
    await nats?.stop();
  }
}

const results: Result[] = [];
const machine = {
  processor: cpus()[0]?.model,
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  patients: Number(options.patients),
  seconds,
  date: new Date().toISOString().slice(0, 10),
};
let text = '';
for (const name of options.topologies.split(',')) {
  results.push({ topology: name, ...(await topology(name)) });
  text = table(machine, results);
  if (options.record) record(options.record);
}
process.stdout.write(text);

function record(name: string): void {
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(`bench/results/${name}.json`, JSON.stringify({ machine, results }, null, 1));
  writeFileSync(`bench/results/${name}.md`, text);
}
