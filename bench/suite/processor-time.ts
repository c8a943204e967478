import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in ticks of 1/100 s. */
const millisecondsPerTick = 10;

interface Sample {
  readonly parent: number;
  /** Own and waited-for children's user and system time, in ms. */
  readonly spentMs: number;
}

function sample(pid: number): Sample | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [utime = 0, stime = 0, childUtime = 0, childStime = 0] = fields.slice(11, 15);
    return {
      parent: fields[1] ?? 0,
      spentMs: (utime + stime + childUtime + childStime) * millisecondsPerTick,
    };
  } catch {
    return undefined;
  }
}

/**
 * Processor time of a process and all that it started, in ms, from `/proc` (proc(5)). A process that ended in between is
 * counted with the parent that waited for it, so the difference of two readings loses nothing. `besides` is left out with
 * all that it started: the PostgreSQL that Septum starts is its child, and is accounted for by itself.
 */
export function processorTimeMs(root: number, besides?: number): number {
  const all = new Map<number, Sample>();
  for (const name of readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? sample(Number(name)) : undefined;
    if (found) all.set(Number(name), found);
  }
  let sum = 0;
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    sum += all.get(pid)?.spentMs ?? 0;
    for (const [child, { parent }] of all) if (parent === pid && child !== besides) waiting.push(child);
  }
  return sum;
}

/** Resident memory of one process, in MB. */
export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return Math.round(Number(kilobytes) / 1024);
}
