import type { RowPolicy } from '#platform/database';
import type { CalledWrite, OutcomeRow } from './write-statement.ts';
import { inLockOrder } from './write-statement.ts';

/** Writes all of these in one transaction; answers in their order. */
export type WriteTogether = (
  policy: RowPolicy,
  writes: readonly CalledWrite[],
) => Promise<readonly OutcomeRow[]>;

interface Waiting {
  readonly write: CalledWrite;
  readonly resolve: (row: OutcomeRow) => void;
  readonly reject: (error: unknown) => void;
}

interface Queue {
  waiting: Waiting[];
  running: number;
}

/** Commits under way at once for one policy; while they run, what comes gathers for the next. */
const lanes = 2;
const batchLimit = 32;

/**
 * Lets concurrent writes share a statement and a commit. A write that comes alone goes at once; those that come while
 * others commit go together. Only writes under the same row policy meet. When a batch fails, each of its writes is
 * tried by itself, so that nobody pays for a neighbour's mistake.
 */
export class GroupCommit {
  readonly #writeTogether: WriteTogether;
  readonly #queues = new Map<RowPolicy, Queue>();

  constructor(writeTogether: WriteTogether) {
    this.#writeTogether = writeTogether;
  }

  write(policy: RowPolicy, write: CalledWrite): Promise<OutcomeRow> {
    let queue = this.#queues.get(policy);
    if (!queue) this.#queues.set(policy, (queue = { waiting: [], running: 0 }));
    const known = queue;
    return new Promise((resolve, reject) => {
      known.waiting.push({ write, resolve, reject });
      if (known.running < lanes) void this.#drain(policy, known);
    });
  }

  async #drain(policy: RowPolicy, queue: Queue): Promise<void> {
    queue.running += 1;
    while (queue.waiting.length > 0) await this.#commit(policy, take(queue));
    queue.running -= 1;
    if (queue.running === 0 && queue.waiting.length === 0) this.#queues.delete(policy);
  }

  async #commit(policy: RowPolicy, batch: readonly Waiting[]): Promise<void> {
    try {
      const rows = await this.#writeTogether(
        policy,
        batch.map(({ write }) => write),
      );
      batch.forEach(({ resolve }, at) => resolve(rows[at]!));
    } catch (error) {
      const [only] = batch;
      if (batch.length === 1 && only) only.reject(error);
      else for (const each of batch) await this.#commit(policy, [each]);
    }
  }
}

/** The next batch, in lock order. Two writes to one resource never meet in it: each is to see the other's outcome. */
function take(queue: Queue): readonly Waiting[] {
  const batch = new Map<string, Waiting>();
  const left: Waiting[] = [];
  for (const each of queue.waiting) {
    const { item } = each.write.write;
    if (batch.size < batchLimit && !batch.has(item)) batch.set(item, each);
    else left.push(each);
  }
  queue.waiting = left;
  return [...batch.values()].sort((one, other) => inLockOrder(one.write.write, other.write.write));
}
