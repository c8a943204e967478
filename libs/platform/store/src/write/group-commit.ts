import { Together, type TakeBatch, type WorkTogether } from '#platform/database';
import type { CalledWrite, OutcomeRow } from './write-statement.ts';
import { inLockOrder } from './write-statement.ts';

const batchLimit = 32;
/** About what a commit takes: nobody waits longer for company than he would have waited without it. */
const gatherMs = 5;

/** Lets concurrent writes share a statement and a commit. */
export class GroupCommit extends Together<CalledWrite, OutcomeRow> {
  constructor(writeTogether: WorkTogether<CalledWrite, OutcomeRow>) {
    super(writeTogether, takeWrites, { gather: { upTo: batchLimit, ms: gatherMs } });
  }
}

/** The next batch, in lock order. Two writes to one resource never meet in it: each is to see the other's outcome. */
const takeWrites: TakeBatch<CalledWrite> = <W extends { readonly item: CalledWrite }>(
  waiting: readonly W[],
) => {
  const batch = new Map<string, W>();
  const left: W[] = [];
  for (const each of waiting) {
    const { item } = each.item.write;
    if (batch.size < batchLimit && !batch.has(item)) batch.set(item, each);
    else left.push(each);
  }
  const sorted = [...batch.values()].sort((one, other) => inLockOrder(one.item.write, other.item.write));
  return { batch: sorted, left };
};
