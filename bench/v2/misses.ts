/**
 * What of the pairs is missed, the most frequent first, to see what to map next:
 *
 *   node --conditions=source bench/v2/misses.ts cdc|microsoft [filter] [data folder]
 *
 * A miss is a path of the expected resource, and the field of the message that says what is expected there, where only
 * few do; `+` before the path: something else is there. `filter` is a regular expression on those lines; with it, the expected
 * values and the pairs are told too. Last, by pair, and what each excuse excuses.
 */
import { join } from 'node:path';
import { parseMessage } from '#platform/hl7v2';
import type { Miss } from '../../libs/platform/v2-to-fhir/test/comparison.ts';
import { judge, used, type Judged } from '../../libs/platform/v2-to-fhir/test/judge.ts';
import {
  microsoftPack,
  microsoftPairs,
  reportStreamPack,
  reportStreamPairs,
} from '../../libs/platform/v2-to-fhir/test/pairs.ts';

const [of = 'microsoft', filter = '', data = join('..', 'shared', 'data')] = process.argv.slice(2);

const sources: Readonly<Record<string, () => Judged[]>> = {
  cdc: () => {
    const folder = join(data, 'hl7v2-fhir-pairs', 'cdc-reportstream');
    const from = ['HL7_to_FHIR', 'mappinginventory'].map((name) => join(folder, name));
    return judge('cdc', from.flatMap(reportStreamPairs), reportStreamPack);
  },
  microsoft: () =>
    judge('microsoft', microsoftPairs(join(data, 'hl7v2-samples', 'ms-fhir-converter')), microsoftPack),
};

/** Where each text of a message stands: `PID-3.1`. */
function placesOf(text: string): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  const note = (value: string | undefined, place: string): void => {
    if (value !== undefined) places.set(value, (places.get(value) ?? new Set()).add(place));
  };
  for (const segment of parseMessage(text).segments)
    for (let field = 1; field < 120; field++)
      for (const repetition of segment.field(field)) {
        const place = `${segment.name}-${field}`;
        for (let component = 1; component <= repetition.components.length; component++)
          for (const part of repetition.subcomponents(component)) note(part, `${place}.${component}`);
      }
  return places;
}

function fieldOf({ expected }: Miss, places: ReadonlyMap<string, ReadonlySet<string>>): string {
  const plain = expected.replace(/^urn:(oid|uuid):/, '').replace(/^.*\/(CodeSystem|Identifier)\//, '');
  const found = [
    ...(places.get(expected) ?? places.get(plain) ?? places.get(plain.replace(/\D/g, '')) ?? []),
  ];
  return found.length > 3 ? 'many' : found.join(' ') || '-';
}

const judged = sources[of]?.() ?? [];
const counts = new Map<string, { count: number; examples: Set<string> }>();
for (const { pair, misses } of judged) {
  const places = placesOf(pair.message);
  for (const miss of misses) {
    const line = `${fieldOf(miss, places).padEnd(28)} ${miss.found === undefined ? ' ' : '+'} ${miss.path}`;
    const entry = counts.get(line) ?? { count: 0, examples: new Set<string>() };
    entry.count++;
    entry.examples.add(
      `${pair.name}: ${miss.expected}${miss.found === undefined ? '' : ` (found ${miss.found})`}`,
    );
    counts.set(line, entry);
  }
}
for (const [line, { count, examples }] of [...counts].sort((a, b) => b[1].count - a[1].count)) {
  if (!new RegExp(filter).test(line)) continue;
  console.log(`${String(count).padStart(5)} ${line}`);
  if (filter !== '') for (const example of examples) console.log(`        ${example}`);
}
for (const { pair, equal, total, excused, misses } of judged)
  console.log(
    `${String(misses.length).padStart(5)} missed, ${excused} excused, ${equal} of ${total} equal: ${pair.name}`,
  );
for (const [{ path, resource, expected, row }, count] of [...used].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(5)} excused by ${row}: ${path ?? resource ?? ''} ${expected ?? ''}`);
