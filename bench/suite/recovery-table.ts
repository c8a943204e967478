import { row } from './record.ts';

/** One kill: how long until a write to each context succeeded again, the restart included. */
export interface Recovery {
  readonly victim: string;
  readonly recoveredMs: number;
  /** What is promised of a quiet machine. */
  readonly promisedMs: number;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(2);

/** Median and longest recovery of each victim, as Markdown. */
export function recoveryTable(kills: readonly Recovery[]): string {
  const lines = [row(['killed', 'times', 'p50 s', 'max s', 'promised s']), row(Array<string>(5).fill('---'))];
  for (const [victim, all] of Map.groupBy(kills, (kill) => kill.victim)) {
    const times = all.map(({ recoveredMs }) => recoveredMs).toSorted((one, other) => one - other);
    const median = times[Math.floor((times.length - 1) / 2)] ?? Number.NaN;
    const longest = times.at(-1) ?? Number.NaN;
    lines.push(
      row([victim, all.length, seconds(median), seconds(longest), seconds(all[0]?.promisedMs ?? Number.NaN)]),
    );
  }
  return `${lines.join('\n')}\n`;
}
