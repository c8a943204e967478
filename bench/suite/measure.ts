import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.ts';
import { load, type LoadClient, percentile } from './load.ts';
import type { Measured } from './measured.ts';
import { processorTimeMs } from './processor-time.ts';
import type { StatementCounter } from './statements.ts';
import type { Idle } from './table.ts';
import type { Workload } from './workloads.ts';

/** Processor time so far of all Septum processes, and of PostgreSQL. */
function spent({ septum, postmasters }: Installation) {
  return {
    septumMs: septum.reduce((sum, pid) => sum + processorTimeMs(pid, postmasters[0]), 0),
    postgresMs: postmasters.reduce((sum, pid) => sum + processorTimeMs(pid), 0),
  };
}

/** Resources of requests whose statements are counted, so that what the house sends by itself hardly matters. */
const countedResources = 500;
/** Requests that warm a workload up before it is measured, as the compilers need them. */
const warmRequests = 1_000;

export interface Asked {
  readonly house: Installation;
  readonly client: LoadClient;
  readonly counter: StatementCounter;
  readonly workload: Workload;
  readonly next: (index: number) => ReturnType<Workload['request']>;
  readonly concurrency: number;
  readonly seconds: number;
}

/** One workload at one concurrency: warmed up, measured, and then once more, shorter, to count statements. */
export async function measure(asked: Asked): Promise<Omit<Measured, 'topology'>> {
  const { house, client, workload, next, concurrency, seconds } = asked;
  const unitsEach = workload.resourcesPerRequest ?? 1;
  const warm = concurrency === 1 ? 1 : Math.ceil(warmRequests / unitsEach);
  await load(client, next, concurrency, Math.min(2, seconds), warm);
  const before = spent(house);
  const result = await load(client, next, concurrency, seconds);
  const after = spent(house);
  const counted = Math.max(10, Math.ceil(countedResources / unitsEach));
  const statements = await asked.counter.each(async () => ({
    units: (await load(client, next, concurrency, Math.min(1, seconds), counted)).requests,
  }));
  const units = result.requests * unitsEach;
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
    statements,
  };
}

/** What the house spends on itself while nobody asks for anything: relays that look, health, leases. */
export async function measureIdle(house: Installation): Promise<Idle> {
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
