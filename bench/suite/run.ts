/**
 * The benchmark suite: `npm run bench -- [--patients 1000] [--seconds 5] [--only TEXT] [--topologies one,medications-out]`.
 * Starts its own Septum, loads generated patients, runs each workload at concurrency 1, 8 and 32 and, in the same run, the
 * floor. Prints a table and records it under bench/results.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type Floor, measureFloor } from './floor.ts';
import { install, type Installation } from './installation.ts';
import { load, LoadClient, percentile } from './load.ts';
import { startNats } from './nats.ts';
import { population } from './population.ts';
import { processorTimeMs, residentMb } from './processor-time.ts';
import { table } from './table.ts';
import { type Workload, workloads } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    patients: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    topologies: { type: 'string', default: 'one,medications-out' },
    record: { type: 'string' },
  },
});
const seconds = Number(options.seconds);

export interface Measured {
  readonly topology: string;
  readonly workload: string;
  readonly concurrency: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
  /** Per request, or per resource where a request holds several. */
  readonly septumCpuMs: number;
  readonly postgresCpuMs: number;
  readonly budgetMs: number;
  readonly bytes: number;
}

/** Two or more of the same tokens would be one client to the rate limit; the suite measures cost, so it stays below. */
async function measure(
  house: Installation,
  client: LoadClient,
  workload: Workload,
  next: (index: number) => ReturnType<Workload['request']>,
  concurrency: number,
) {
  await load(client, next, concurrency, Math.min(2, seconds));
  const septumBefore = house.septum.map(processorTimeMs);
  const postgresBefore = processorTimeMs(house.postmaster);
  const result = await load(client, next, concurrency, seconds);
  const septumSpent = house.septum.reduce(
    (sum, pid, index) => sum + processorTimeMs(pid) - (septumBefore[index] ?? 0),
    0,
  );
  const postgresSpent = processorTimeMs(house.postmaster) - postgresBefore;
  const units = result.requests * (workload.resourcesPerRequest ?? 1);
  return {
    workload: workload.name,
    concurrency,
    perSecond: units / result.seconds,
    p50Ms: percentile(result.latencies, 0.5),
    p95Ms: percentile(result.latencies, 0.95),
    p99Ms: percentile(result.latencies, 0.99),
    errors: result.errors,
    septumCpuMs: septumSpent / units,
    postgresCpuMs: postgresSpent / units,
    budgetMs: workload.budgetMs,
    bytes: Math.round(result.bytes / result.requests),
  };
}

async function topology(name: string): Promise<{ rows: Measured[]; floor: Floor[]; residentMb: number }> {
  const nats = name === 'one' ? undefined : await startNats();
  const house = await install(Number(options.patients), nats?.url);
  try {
    const client = new LoadClient(house, { authorization: `Bearer ${house.token}` }, 64);
    const drawn = await population(client, Number(options.patients));
    const rows: Measured[] = [];
    let index = 0;
    for (const workload of workloads.filter((one) => one.name.includes(options.only))) {
      for (const concurrency of [1, 8, 32]) {
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
    return { rows, floor: await measureFloor(house.databaseUrl, house.postmaster), residentMb: memory };
  } finally {
    await house.stop();
    await nats?.stop();
  }
}

const results = [];
for (const name of options.topologies.split(',')) results.push({ topology: name, ...(await topology(name)) });
const machine = {
  processor: cpus()[0]?.model,
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  patients: Number(options.patients),
  seconds,
  date: new Date().toISOString().slice(0, 10),
};
const text = table(machine, results);
process.stdout.write(text);
if (options.record) {
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(`bench/results/${options.record}.json`, JSON.stringify({ machine, results }, null, 1));
  writeFileSync(`bench/results/${options.record}.md`, text);
}
