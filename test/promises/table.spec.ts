import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const checkout = join(import.meta.dirname, '..', '..');
const columns = ['number', 'promise', 'shown', 'spec', 'test'] as const;
type Line = Record<(typeof columns)[number], string>;

function linesOf(table: string): Line[] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('| P') || line.startsWith('|  |'))
    .map((line) => {
      const cells = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ''])) as Line;
    });
}

/** What keeps a line from being shown by a test; none: it is. */
function missing({ promise, spec, test }: Line): string[] {
  const path = /^`(.+)`$/.exec(spec)?.[1] ?? '';
  const file = join(checkout, path);
  if (path === '' || !existsSync(file)) return [`${promise}: there is no ${spec}`];
  return test !== '' && readFileSync(file, 'utf8').includes(test)
    ? []
    : [`${promise}: ${path} has no test "${test}"`];
}

describe('docs/promises.md', () => {
  const lines = linesOf(readFileSync(join(checkout, 'docs', 'promises.md'), 'utf8'));

  it('names for each promise a test that is there', () => {
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.flatMap(missing)).toEqual([]);
  });

  it('would not pass with a promise that nothing shows', () => {
    const [invented] = linesOf(
      '| P2 | A power cut loses nothing | journal | `test/chaos/power-cut.spec.ts` | nothing |',
    );
    const [untold] = linesOf('| P1 | More | kills | `test/chaos/two-copies.spec.ts` | no such title |');
    expect(missing(invented!)).toHaveLength(1);
    expect(missing(untold!)).toHaveLength(1);
  });
});
