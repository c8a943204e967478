import type { Floor } from './floor.ts';
import type { Measured } from './run.ts';

interface Result {
  readonly topology: string;
  readonly rows: readonly Measured[];
  readonly floor: readonly Floor[];
  readonly residentMb: number;
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;

/** The results as Markdown: what was measured, on what, and beside it the budget and the floor. */
export function table(machine: object, results: readonly Result[]): string {
  const lines = [
    Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(' · '),
    '',
  ];
  for (const { topology, rows, floor, residentMb } of results) {
    lines.push(`### ${topology}`, '', `resident after the run: ${residentMb} MB`, '');
    lines.push(
      row([
        'workload',
        'c',
        'per s',
        'p50 ms',
        'p95',
        'p99',
        'errors',
        'CPU-ms Septum + PostgreSQL',
        'budget',
        'of budget',
        'bytes',
      ]),
    );
    lines.push(row(Array.from({ length: 11 }, () => '---')));
    for (const one of rows) {
      const spent = one.septumCpuMs + one.postgresCpuMs;
      lines.push(
        row([
          one.workload,
          one.concurrency,
          Math.round(one.perSecond),
          one.p50Ms.toFixed(2),
          one.p95Ms.toFixed(2),
          one.p99Ms.toFixed(2),
          one.errors,
          `${one.septumCpuMs.toFixed(3)} + ${one.postgresCpuMs.toFixed(3)} = ${spent.toFixed(3)}`,
          one.budgetMs,
          `${(spent / one.budgetMs).toFixed(2)} ×`,
          one.bytes,
        ]),
      );
    }
    lines.push('', row(['floor, same run', 'per s', 'CPU-ms']), row(['---', '---', '---']));
    for (const one of floor) lines.push(row([one.name, Math.round(one.perSecond), one.cpuMs.toFixed(3)]));
    lines.push('');
  }
  return `${lines.join('\n')}\n`;
}
