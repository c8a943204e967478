import type { Disk } from './disk.ts';
import type { Floor } from './floor.ts';
import type { Measured } from './measured.ts';
import { row, told } from './record.ts';

/** CPU-ms for each second. */
export interface Idle {
  readonly septumCpuMs: number;
  readonly postgresCpuMs: number;
}

export interface Result {
  readonly topology: string;
  readonly rows: readonly Measured[];
  readonly floor: readonly Floor[];
  readonly idle: Idle;
  readonly residentMb: number;
  readonly disk: Disk;
}

/** How many times slower than the machine of the budgets this one was, in this run: the geometric mean of the floors. */
function paceOf(floor: readonly Floor[]): number {
  const product = floor.reduce((sofar, { cpuMs, quietCpuMs }) => (sofar * cpuMs) / quietCpuMs, 1);
  return product ** (1 / floor.length);
}

/** The results as Markdown: what was measured, on what, and beside it the budget and the floor. */
export function table(
  machine: Readonly<Record<string, string | number>>,
  results: readonly Result[],
): string {
  const lines = [told(machine), ''];
  for (const { topology, rows, floor, idle, residentMb, disk } of results) {
    const pace = paceOf(floor);
    lines.push(
      `### ${topology}`,
      '',
      `Resident after the run: ${residentMb} MB. Idle: ${idle.septumCpuMs.toFixed(1)} CPU-ms a second of Septum, ${idle.postgresCpuMs.toFixed(1)} of PostgreSQL. This machine during this run: ${pace.toFixed(1)} × the CPU time of the quiet one that the budgets were set on (geometric mean of the floors).`,
      '',
      `Disk after loading: ${disk.bytesEach} bytes for each of ${disk.resources} resources, with indexes, history, outbox, inbox and audit; the text of a resource has ${disk.textBytesEach} on average.`,
      '',
    );
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
        'of budget at this pace',
        'bytes',
        'statements',
      ]),
    );
    lines.push(row(Array.from({ length: 13 }, () => '---')));
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
          `${(spent / one.budgetMs / pace).toFixed(2)} ×`,
          one.bytes,
          one.statements.toFixed(2),
        ]),
      );
    }
    lines.push('', row(['floor, same run', 'per s', 'CPU-ms', 'on the quiet machine']));
    lines.push(row(Array.from({ length: 4 }, () => '---')));
    for (const one of floor) {
      lines.push(row([one.name, Math.round(one.perSecond), one.cpuMs.toFixed(3), one.quietCpuMs]));
    }
    lines.push('');
  }
  return `${lines.join('\n')}\n`;
}
