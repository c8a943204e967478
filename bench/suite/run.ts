/**
 * The benchmark suite: `npm run bench -- [--patients 1000] [--seconds 5] [--only TEXT] [--concurrency 1,8,32]
 * [--topologies one,medications-out,medications-own-database] [--record NAME]`.
 * Starts its own Septum, loads generated patients, runs each workload at each concurrency and, in the same run, the
 * floor. Prints a table; `--record` writes it to bench/results.
 */
import { parseArgs } from 'node:util';
import { measureDisk } from './disk.ts';
import { meanFloor, measureFloor } from './floor.ts';
import { install, topologies, type BenchTopology } from './installation.ts';
import { LoadClient } from './load.ts';
import { measure, measureIdle } from './measure.ts';
import type { Measured } from './measured.ts';
import { population } from './population.ts';
import { residentMb } from './processor-time.ts';
import { machine, record } from './record.ts';
import { StatementCounter } from './statements.ts';
import { table, type Result } from './table.ts';
import { workloads } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    patients: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '5' },
    concurrency: { type: 'string', default: '8,1,32' },
    only: { type: 'string', default: '' },
    topologies: { type: 'string', default: topologies.join() },
    record: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const chosen = workloads.filter(({ name }) => name.includes(options.only));

async function measureTopology(topology: BenchTopology): Promise<Result> {
  const house = await install(Number(options.patients), topology);
  try {
    const disk = await measureDisk(house.databaseUrls);
    const client = new LoadClient(house, { authorization: `Bearer ${house.token}` }, 64);
    const drawn = await population(client, Number(options.patients));
    const counter = await StatementCounter.open(house.databaseUrls);
    const atFloor = () => measureFloor(house.databaseUrls[0] ?? '', house.postmasters[0] ?? 0);
    const floor = await atFloor();
    const idle = await measureIdle(house);
    await counter.learnIdle();
    const rows: Measured[] = [];
    let index = 0;
    for (const workload of chosen) {
      const next = () => workload.request(drawn, index++);
      for (const concurrency of options.concurrency.split(',').map(Number)) {
        const row = await measure({ house, client, counter, workload, next, concurrency, seconds });
        rows.push({ topology, ...row });
        const rate = Math.round(row.perSecond);
        process.stderr.write(`${topology}  ${workload.name}  c${concurrency}  ${rate}/s\n`);
      }
    }
    client.close();
    await counter.close();
    const memory = residentMb(house.septum[0] ?? 0);
    return { topology, rows, floor: meanFloor(floor, await atFloor()), idle, residentMb: memory, disk };
  } finally {
    await house.stop();
  }
}

const results: Result[] = [];
const figures = { ...machine(), patients: Number(options.patients), seconds };
let text = '';
for (const name of options.topologies.split(',')) {
  const topology = topologies.find((one) => one === name);
  if (topology === undefined) throw new Error(`--topologies takes ${topologies.join(', ')}.`);
  results.push(await measureTopology(topology));
  text = table(figures, results);
  if (options.record) record(options.record, { machine: figures, results }, text);
}
process.stdout.write(text);
