/** Measures what a call costs: `node --conditions=source --import ./run-source.mjs measure.ts`. */
import { performance } from 'node:perf_hooks';
import { Messenger } from '#platform/messaging';
import { startNats } from '#platform/testing';
import { wardContracts } from './ward.ts';
import { Neighbour, nurse, Ward } from './ward-house.ts';

async function measure(
  name: string,
  calls: number,
  concurrency: number,
  call: () => Promise<unknown>,
): Promise<void> {
  const times: number[] = [];
  const worker = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      const begin = performance.now();
      await call();
      times.push(performance.now() - begin);
    }
  };
  const run = (count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: concurrency }, () => worker(Math.ceil(count / concurrency))));
  await run(calls / 4);
  times.length = 0;
  const before = process.cpuUsage();
  const begin = performance.now();
  await run(calls);
  const elapsed = performance.now() - begin;
  const cpu = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(4);
  const cpuMs = (cpu.user + cpu.system) / 1000 / calls;
  console.log(
    `${name} c${concurrency}: ${cpuMs.toFixed(4)} CPU-ms (both sides), p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ${Math.round((calls / elapsed) * 1000)}/s`,
  );
}

const nats = await startNats();
const ward = await Ward.open({ natsUrl: nats.url });
const neighbour = await Neighbour.open(nats.url);
const local = new Messenger({ switchboard: ward.switchboard });
const text = JSON.stringify({ resourceType: 'Patient', text: 'x'.repeat(2000) });
const large = 'x'.repeat(5_000_000);
for (const [name, messenger, calls] of [
  ['local', local, 200_000],
  ['nats', neighbour.messenger, 20_000],
] as const) {
  const request = { bed: '4a', priority: 2, tags: ['a', 'b'] };
  await measure(`${name} admit`, calls, 1, () => messenger.call(nurse, wardContracts.admit, { ...request }));
  await measure(`${name} admit`, calls, 32, () => messenger.call(nurse, wardContracts.admit, { ...request }));
  await measure(`${name} echo 2 KB`, calls, 8, () =>
    messenger.call(nurse, wardContracts.echo, { ...request }, { texts: [text] }),
  );
  await measure(`${name} echo 5 MB`, 40, 1, () =>
    messenger.call(nurse, wardContracts.echo, { ...request }, { texts: [large] }),
  );
}
await neighbour.close();
await ward.close();
await nats.stop();
