/**
 * How long until all is well again: `npm run bench -- --only recovery [--times 5] [--record recovery]`.
 * Septum as two processes with NATS and a PostgreSQL of its own, under light load; each of the four is killed in turn,
 * and started again at once. Measured from the kill until a write to each of three contexts has succeeded. The promise
 * (P7 in docs/promises.md) is of a quiet machine, so the slowness of this one is told too.
 */
import { parseArgs } from 'node:util';
import { slowdown } from '#platform/testing';
import { HouseUnderFire, medications, rest, servers } from '../../test/chaos/harness/house-under-fire.ts';
import { Ledger } from '../../test/chaos/harness/ledger.ts';
import { startLoad } from '../../test/chaos/harness/load.ts';
import { recoveryLimitMs, strikeAll } from '../../test/chaos/harness/nemesis.ts';
import { machine, record, told } from './record.ts';
import { recoveryTable } from './recovery-table.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    times: { type: 'string', default: '5' },
    record: { type: 'string', default: 'recovery' },
  },
});
const victims = [medications.name, rest.name, ...servers];
const strikes = Array.from({ length: Number(options.times) }, () =>
  victims.map((victim) => ({ victim, afterMs: 2_000, downMs: 0 })),
).flat();

const slowness = [slowdown()];
const ledger = new Ledger();
const house = await HouseUnderFire.open([rest, medications]);
try {
  const load = startLoad({ house, ledger, seed: 1, workers: 2, pauseMs: 50 });
  const struck = await strikeAll(house, ledger, strikes).finally(() => load.end());
  slowness.push(slowdown());
  const kills = struck.map(({ victim, recoveredMs }) => ({
    victim,
    recoveredMs,
    promisedMs: recoveryLimitMs[victim === 'postgres' ? 'postgres' : 'process'],
  }));
  const figures = {
    ...machine(),
    slowdown: Math.max(...slowness).toFixed(1),
    writes: ledger.entries.length,
    acknowledged: ledger.count('ok'),
  };
  const text = `${told(figures)}\n\n${recoveryTable(kills)}`;
  record(options.record, { ...figures, kills }, text);
  process.stdout.write(text);
} finally {
  await house.stop();
}
