/**
 * What it costs to parse and map a message: `node bench/v2/run.ts [folder of .hl7 files] [seconds]`. Tells CPU-ms a
 * message, and how many resources it makes, by message type and over all, with the tables compiled; the same for the parsing
 * alone. `../shared/data` has the mixed set: large messages made to have everything, and small ones.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseMessage } from '#platform/hl7v2';
import { Mapper } from '#platform/v2-to-fhir';

const [folder = join('..', 'shared', 'data', 'hl7v2-samples'), seconds = '6'] = process.argv.slice(2);
const mapper = new Mapper();

const byType = new Map<string, string[]>();
const resources = new Map<string, number>();
for (const path of readdirSync(folder, { recursive: true }).map(String)) {
  if (!path.endsWith('.hl7')) continue;
  const text = readFileSync(join(folder, path), 'utf8');
  const message = parseMessage(text);
  const mapped = mapper.map(message);
  if (mapped.structure === undefined) continue;
  const type = `${message.at('MSH-9.1')}^${message.at('MSH-9.2')}`;
  resources.set(type, (resources.get(type) ?? 0) + mapped.resources.length);
  byType.set(type, [...(byType.get(type) ?? []), text]);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU-ms for one of these messages, over about so many ms. */
function cost(texts: readonly string[], budgetMs: number, work: (text: string) => unknown): number {
  const began = cpuMs();
  // Looking at the clock costs as much as parsing a small message.
  const rounds = Math.ceil(100 / texts.length);
  let count = 0;
  while (cpuMs() - began < budgetMs)
    for (let round = 0; round < rounds; round++)
      for (const text of texts) count += work(text) === undefined ? 0 : 1;
  return (cpuMs() - began) / count;
}

const parse = (text: string): unknown => parseMessage(text);
const parseAndMap = (text: string): unknown => mapper.map(parseMessage(text));
const all = [...byType.values()].flat();
const budgetMs = (Number(seconds) * 1000) / (byType.size + 4);

cost(all, budgetMs, parseAndMap);
for (const [type, texts] of [...byType].sort()) {
  const bytes = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  const ms = cost(texts, budgetMs, parseAndMap);
  const made = (resources.get(type) ?? 0) / texts.length;
  console.log(
    `${type.padEnd(10)} ${made.toFixed(0).padStart(4)} resources ${(bytes / 1000).toFixed(1).padStart(6)} kB ${ms.toFixed(3).padStart(8)} CPU-ms`,
  );
}
const mapped = cost(all, budgetMs * 2, parseAndMap);
const parsed = cost(all, budgetMs, parse);
console.log(
  `all        ${all.length} messages ${mapped.toFixed(3)} CPU-ms to parse and map, ${parsed.toFixed(3)} to parse`,
);
