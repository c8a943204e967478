import { appendFileSync } from 'node:fs';
import type { Ledger } from './ledger.ts';
import type { Struck } from './nemesis.ts';

export interface Figures {
  readonly struck?: readonly Struck[];
  readonly ledger?: Ledger;
  readonly [name: string]: unknown;
}

/** Says what a run did, with the seed that repeats it; into the file SEPTUM_TEST_FIGURES too, where given. */
export function tell(title: string, seed: number, { struck, ledger, ...others }: Figures): void {
  const figures = {
    title,
    seed,
    ...(struck === undefined ? {} : { kills: struck.length, recoveredMs: byVictim(struck) }),
    ...(ledger === undefined
      ? {}
      : {
          writes: ledger.entries.length,
          acknowledged: ledger.count('ok'),
          refused: ledger.count('fail'),
          unknown: ledger.count('unknown'),
          statuses: ledger.statuses(),
        }),
    ...others,
  };
  const line = `${JSON.stringify(figures)}\n`;
  process.stderr.write(`${line}again: SEPTUM_TEST_SEED=${seed}\n`);
  const file = process.env['SEPTUM_TEST_FIGURES'];
  if (file !== undefined) appendFileSync(file, line);
}

function byVictim(struck: readonly Struck[]): Record<string, number[]> {
  const times: Record<string, number[]> = {};
  for (const { victim, recoveredMs } of struck) (times[victim] ??= []).push(recoveredMs);
  return times;
}
