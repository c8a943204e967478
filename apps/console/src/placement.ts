/** One part of Septum as `/health/contexts` tells of it. */
export interface PartStatus {
  readonly part: string;
  readonly placement: 'here' | 'nats' | 'nowhere';
  readonly state: 'starting' | 'ready' | 'degraded' | 'down' | 'stopping';
  readonly problems: readonly string[];
  readonly parked: number;
  readonly pid: number;
}

/** A process and the parts that run in it; the one that serves this page comes first. */
export interface ProcessBox {
  readonly key: string;
  readonly here: boolean;
  readonly parts: readonly PartStatus[];
}

/** The parts by process; a part that nobody answers for stands alone, where its process was. */
export function processes(parts: readonly PartStatus[]): ProcessBox[] {
  const boxes = Map.groupBy(parts, ({ part, placement, pid }) =>
    placement === 'here' ? 'here' : placement === 'nats' ? `process ${pid}` : `missing ${part}`,
  );
  return [...boxes]
    .map(([key, within]) => ({ key, here: key === 'here', parts: within }))
    .sort((one, other) => Number(other.here) - Number(one.here) || one.key.localeCompare(other.key));
}

export function isUp(status: PartStatus): boolean {
  return status.state === 'ready' || status.state === 'degraded';
}

/** The picture in one or two sentences, for those who listen to it. */
export function inWords(parts: readonly PartStatus[]): string {
  const [program, ...others] = processes(parts);
  const elsewhere = others.map((box) => box.parts.map(({ part }) => part).join(', '));
  const down = parts.filter((part) => !isUp(part)).map(({ part }) => part);
  return [
    `${program?.parts.length ?? 0} parts run in this program${elsewhere.length > 0 ? `; in processes of their own: ${elsewhere.join('; ')}` : ''}.`,
    down.length === 0 ? 'All of them are up.' : `Not up: ${down.join(', ')}.`,
  ].join(' ');
}
