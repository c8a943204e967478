import type { RowPolicy } from '#platform/database';
import { Fault } from '#platform/fhir';

/** Answers all of these in one round trip and one commit, in their order. */
export type WorkTogether<Item, Outcome> = (
  policy: RowPolicy,
  items: readonly Item[],
) => Promise<readonly Outcome[]>;

export interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Splits what waits into the next batch and what stays. */
export type TakeBatch<Item> = <W extends { readonly item: Item }>(
  waiting: readonly W[],
) => { readonly batch: readonly W[]; readonly left: W[] };

interface Queue<Item, Outcome> {
  waiting: Waiting<Item, Outcome>[];
  running: number;
  /** Set while what waits may lose its patience. */
  timer: NodeJS.Timeout | undefined;
}

/** A commit takes a few milliseconds; a batch that is out longer is held up, and nobody shall wait for it. */
const patienceMs = 10;

/**
 * Lets concurrent work share a statement and a commit. What comes alone goes at once, with what else the process was
 * sent in the same moment; what comes while others are under way goes together when they are done, or in another lane
 * when that takes long. Only work under the same row policy meets. When a batch is refused, each of its items is tried
 * by itself, so that nobody pays for a neighbour's mistake.
 */
export class Together<Item, Outcome> {
  readonly #workTogether: WorkTogether<Item, Outcome>;
  readonly #take: TakeBatch<Item>;
  readonly #lanes: number;
  readonly #queues = new Map<RowPolicy, Queue<Item, Outcome>>();

  /** `lanes`: batches under way at once, at most, for one policy. */
  constructor(workTogether: WorkTogether<Item, Outcome>, take: TakeBatch<Item>, lanes = 2) {
    this.#lanes = lanes;
    this.#workTogether = workTogether;
    this.#take = take;
  }

  add(policy: RowPolicy, item: Item): Promise<Outcome> {
    let queue = this.#queues.get(policy);
    if (!queue) this.#queues.set(policy, (queue = { waiting: [], running: 0, timer: undefined }));
    const known = queue;
    return new Promise((resolve, reject) => {
      known.waiting.push({ item, resolve, reject });
      if (known.running === 0) this.#open(policy, known);
      else if (known.running < this.#lanes) {
        known.timer ??= setTimeout(() => {
          known.timer = undefined;
          if (known.waiting.length > 0 && known.running < this.#lanes) this.#open(policy, known);
        }, patienceMs);
      }
    });
  }

  #open(policy: RowPolicy, queue: Queue<Item, Outcome>): void {
    queue.running += 1;
    setImmediate(() => void this.#drain(policy, queue));
  }

  async #drain(policy: RowPolicy, queue: Queue<Item, Outcome>): Promise<void> {
    while (queue.waiting.length > 0) {
      const { batch, left } = this.#take(queue.waiting);
      queue.waiting = left;
      if (left.length === 0) {
        clearTimeout(queue.timer);
        queue.timer = undefined;
      }
      await this.#work(policy, batch);
    }
    queue.running -= 1;
    if (queue.running === 0) this.#queues.delete(policy);
  }

  async #work(policy: RowPolicy, batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.#workTogether(
        policy,
        batch.map(({ item }) => item),
      );
      batch.forEach(({ resolve }, at) => resolve(outcomes[at]!));
    } catch (error) {
      // When the connection was lost nobody knows whether it was done, and what was done may not be done again.
      const isUnknown = error instanceof Fault && error.kind === 'unavailable';
      if (batch.length === 1 || isUnknown) for (const { reject } of batch) reject(error);
      else for (const each of batch) await this.#work(policy, [each]);
    }
  }
}

/** Any `most` of what waits, in the order of arrival. */
export function takeFirst<Item>(most: number): TakeBatch<Item> {
  return (waiting) => ({ batch: waiting.slice(0, most), left: waiting.slice(most) });
}
