import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { parseMessage } from '#platform/hl7v2';
import { describeWithData } from '#platform/testing';
import { Mapper, type SitePack } from '#platform/v2-to-fhir';
import { compareResources, sum, type Comparison, type Resource } from './comparison.ts';
import { microsoftPack, microsoftPairs, reportStreamPack, reportStreamPairs, type Pair } from './pairs.ts';

/** Facts of a pair that a row of the official tables contradicts: of a whole resource, or at a path. */
interface Excuse {
  readonly of: string;
  readonly resource?: string;
  readonly says?: string;
  readonly path?: string;
  readonly expected?: string;
  readonly row: string;
  readonly why: string;
}

const here = dirname(fileURLToPath(import.meta.url));
const excuses = (JSON.parse(readFileSync(join(here, 'excuses.json'), 'utf8')) as Excuse[]).map((excuse) => ({
  ...excuse,
  isAt: new RegExp(excuse.path ?? '^$'),
  isOf: new RegExp(excuse.expected ?? ''),
}));
const used = new Set<Excuse>();

interface Figure {
  readonly pairs: number;
  readonly equal: number;
  readonly expected: number;
  readonly excused: number;
  readonly share: number;
}

function excuseOf(of: string, resource: Resource): Excuse | undefined {
  return excuses.find(
    (one) =>
      one.of === of &&
      one.resource === resource.resourceType &&
      (one.says === undefined || JSON.stringify(resource).includes(one.says)),
  );
}

/** The facts that are missed and not excused; of a resource that is excused, those that are there still count. */
function judge(of: string, resource: Resource, found: readonly Resource[]): Comparison {
  const compared = compareResources([resource], found);
  const whole = excuseOf(of, resource);
  const misses = compared.misses.filter((miss) => {
    const excuse =
      whole ??
      excuses.find(
        ({ of: whose, isAt, isOf }) => whose === of && isAt.test(miss.path) && isOf.test(miss.expected),
      );
    if (excuse) used.add(excuse);
    return !excuse;
  });
  return { ...compared, misses };
}

function figure(of: string, pairs: readonly Pair[], pack: SitePack): Figure {
  const mapper = new Mapper(pack);
  const all = sum(
    pairs.flatMap(({ message, expected }) => {
      const found = mapper
        .map(parseMessage(message))
        .resources.map(({ content }) => content as unknown as Resource);
      return expected.map((resource) => judge(of, resource, found));
    }),
  );
  const excused = all.total - all.equal - all.misses.length;
  const share = all.equal / (all.total - excused);
  return { pairs: pairs.length, equal: all.equal, expected: all.total, excused, share };
}

const figures: Record<string, Figure> = {};

/** What was reached, and may not be lost again. */
const bars = { cdc: 0.91, microsoft: 0.73 };

function report(name: string, found: Figure): void {
  figures[name] = found;
  const { equal, expected, excused, share } = found;
  process.stdout.write(
    `${name}: ${found.pairs} pairs, ${equal} of ${expected} facts equal, ${excused} excused by an official row: ${(100 * share).toFixed(1)} %\n`,
  );
  const file = process.env['SEPTUM_PAIRS_REPORT'];
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
}

describeWithData('pairs of a message and its resources', 'hl7v2-fhir-pairs', (folder) => {
  // FHIR_to_HL7 is the other direction: its messages hold what could be carried over, not what they are made from.
  const from = ['HL7_to_FHIR', 'mappinginventory'].map((name) => join(folder, 'cdc-reportstream', name));

  it('of CDC ReportStream are equal in nine of ten facts', () => {
    const found = figure('cdc', from.flatMap(reportStreamPairs), reportStreamPack);
    report('CDC ReportStream', found);
    expect(found.share).toBeGreaterThanOrEqual(bars.cdc);
  });
});

describeWithData('pairs of a message and what another converter makes of it', 'hl7v2-samples', (folder) => {
  it('stay as near as they came', () => {
    const found = figure('microsoft', microsoftPairs(join(folder, 'ms-fhir-converter')), microsoftPack);
    report('Microsoft', found);
    expect(found.share).toBeGreaterThanOrEqual(bars.microsoft);
  });

  it('are excused by nothing that does not excuse', () => {
    expect(excuses.filter((excuse) => !used.has(excuse))).toEqual([]);
  });
});

describeWithData('the rows that excuses cite', 'v2-to-fhir-mappings', (folder) => {
  const files = readdirSync(folder, { recursive: true }).map(String);

  it.each(excuses.map(({ row }) => row))('%s is a row of the official tables', (row) => {
    const [table = '', line = ''] = row.split(/:(?=\d+$)/);
    const file = files.find((name) => name.includes(`_ ${table} - `));
    expect(file).toBeDefined();
    const lines = readFileSync(join(folder, file ?? ''), 'utf8').split('\n').length;
    expect(Number(line)).toBeLessThanOrEqual(lines);
  });
});
