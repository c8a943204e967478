import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { describeWithData } from '#platform/testing';
import type { SitePack } from '#platform/v2-to-fhir';
import { excuses, judge, used } from './judge.ts';
import { microsoftPack, microsoftPairs, reportStreamPack, reportStreamPairs, type Pair } from './pairs.ts';

interface Figure {
  readonly pairs: number;
  readonly equal: number;
  readonly expected: number;
  readonly excused: number;
  readonly share: number;
  /** Without any excuse. */
  readonly bare: number;
}

function figure(of: string, pairs: readonly Pair[], pack: SitePack): Figure {
  const judged = judge(of, pairs, pack);
  const equal = judged.reduce((all, one) => all + one.equal, 0);
  const expected = judged.reduce((all, one) => all + one.total, 0);
  const excused = judged.reduce((all, one) => all + one.excused, 0);
  return {
    pairs: pairs.length,
    equal,
    expected,
    excused,
    share: equal / (expected - excused),
    bare: equal / expected,
  };
}

const figures: Record<string, Figure> = {};

/** What was reached, and may not be lost again. */
const bars = { cdc: [0.92, 0.79], microsoft: [0.9, 0.8] } as const;

function report(name: string, found: Figure): void {
  figures[name] = found;
  const { equal, expected, excused, share, bare } = found;
  process.stdout.write(
    `${name}: ${found.pairs} pairs, ${equal} of ${expected} facts equal, ${excused} excused by an official row: ${(100 * share).toFixed(1)} %, ${(100 * bare).toFixed(1)} % without excuses\n`,
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
    expect([found.share, found.bare].map((share, at) => share >= bars.cdc[at]!)).toEqual([true, true]);
  });
});

describeWithData('pairs of a message and what another converter makes of it', 'hl7v2-samples', (folder) => {
  it('are equal in nine of ten facts', () => {
    const found = figure('microsoft', microsoftPairs(join(folder, 'ms-fhir-converter')), microsoftPack);
    report('Microsoft', found);
    expect([found.share, found.bare].map((share, at) => share >= bars.microsoft[at]!)).toEqual([true, true]);
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
