/**
 * What HL7 version 2 costs: `node --conditions=source bench/hl7v2/run.ts FOLDER` with a folder of `.hl7` files. Ten seconds.
 *
 * Processor time of this process; the machine may be busy.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  characterSet,
  encodeMessage,
  frame,
  FrameReader,
  parseMessage,
  readMessage,
  type Message,
} from '#platform/hl7v2';

const [folder = ''] = process.argv.slice(2);
const messages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.hl7'))
  .map((name) => readFileSync(join(folder, name)));
if (messages.length === 0) throw new Error('There are no .hl7 files. Give a folder that has some.');
const utf8 = characterSet(['UNICODE UTF-8']);
const texts = messages.map((bytes) => utf8.decode(bytes));

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Runs `work` for a second, after a warm-up of half of one, and tells CPU-µs a call. */
function measure(name: string, work: (round: number) => number): void {
  let sum = 0;
  const run = (ms: number): [rounds: number, cpu: number] => {
    const began = cpuMs();
    let rounds = 0;
    while (cpuMs() - began < ms) for (let burst = 0; burst < 50; burst++) sum += work(rounds++);
    return [rounds, cpuMs() - began];
  };
  run(500);
  const [rounds, cpu] = run(1000);
  console.log(`${name}\t${((cpu * 1000) / rounds).toFixed(1)} CPU-µs`);
  if (sum === 0) throw new Error('The work did nothing. Give a folder of HL7 version 2 messages.');
}

/** Forty fields, as a mapping reads them: some by path, some that are not there. */
const paths = [
  ...Array.from({ length: 13 }, (_, field) => `MSH-${field + 3}`),
  ...Array.from({ length: 17 }, (_, field) => `PID-${field + 2}.1`),
  ...Array.from({ length: 5 }, (_, field) => `PV1-${field + 2}.1`),
  ...Array.from({ length: 5 }, (_, field) => `OBX[2]-${field + 2}`),
];
const read = (message: Message): number =>
  paths.reduce((sum, path) => sum + (message.at(path)?.length ?? 0), 0);

const average = Math.round(texts.reduce((sum, text) => sum + text.length, 0) / texts.length);
console.log(`${texts.length} messages, ${average} characters each on average`);
const pick = <T>(list: readonly T[], round: number): T => list[round % list.length] as T;
measure('parse', (round) => parseMessage(pick(texts, round)).segments.length);
measure(`parse, ${paths.length} fields by path`, (round) => read(parseMessage(pick(texts, round))));
measure('from bytes, by MSH-18', (round) => readMessage(pick(messages, round), utf8).message.segments.length);
measure(
  'an acknowledgement',
  () =>
    encodeMessage([
      ['MSH', 'A', 'B', 'C', 'D'],
      ['MSA', 'AA', '4711'],
    ]).length,
);

const large = Buffer.concat([
  Buffer.from('MSH|^~\\&|A|B|C|D|||MDM^T02|1|P|2.5.1\rOBX|1|ED|||^AP^PDF^Base64^'),
  Buffer.alloc(16_000_000, 'QUJDRA'),
  Buffer.from('\r'),
]);
const stream = frame(large);
for (const pieceBytes of [64 * 1024, 1460]) {
  const began = cpuMs();
  const reader = new FrameReader({ maxFrameBytes: stream.length });
  let content: Uint8Array | undefined;
  for (let at = 0; at < stream.length; at += pieceBytes)
    content = reader.push(stream.subarray(at, at + pieceBytes))[0]?.bytes;
  const framed = cpuMs();
  const length = readMessage(content ?? stream, utf8).message.at('OBX-5.5')?.length ?? 0;
  console.log(
    `16 MB in pieces of ${pieceBytes}\tframing ${(framed - began).toFixed(0)} CPU-ms, reading OBX-5.5 of ${length} ${(cpuMs() - framed).toFixed(0)} CPU-ms`,
  );
}
