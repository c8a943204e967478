import { Fault } from '#platform/fhir';
import type { RowPolicy } from './context-database.ts';

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
  /** Set while the next batch gathers, until `expected` wait. */
  gathering: NodeJS.Timeout | undefined;
  expected: number;
}

export interface TogetherOptions {
  /** Batches under way at once, at most, for one policy. Default 2. */
  readonly lanes?: number;
  /** Default: a batch waits for nobody. */
  readonly gather?: Gathering;
}

/**
 * Who asks much asks again as soon as he is answered. Where such meet, those in a batch and those who wait for its end
 * would take turns for ever, in twice the commits. So the next batch waits for as many as were there in the last round,
 * `upTo` as many as fit, but no longer than `ms`; where one was alone, it waits for nobody.
 */
export interface Gathering {
  readonly upTo: number;
  readonly ms: number;
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
  readonly #gather: Gathering | undefined;
  readonly #queues = new Map<RowPolicy, Queue<Item, Outcome>>();

  constructor(
    workTogether: WorkTogether<Item, Outcome>,
    take: TakeBatch<Item>,
    { lanes = 2, gather }: TogetherOptions = {},
  ) {
    this.#workTogether = workTogether;
    this.#take = take;
    this.#lanes = lanes;
    this.#gather = gather;
  }

  add(policy: RowPolicy, item: Item): Promise<Outcome> {
    const queue = this.#queueOf(policy);
    return new Promise((resolve, reject) => {
      queue.waiting.push({ item, resolve, reject });
      if (queue.gathering !== undefined) {
        if (queue.waiting.length >= queue.expected) this.#endGathering(policy, queue);
      } else if (queue.running === 0) this.#open(policy, queue);
      else if (queue.running < this.#lanes) {
        queue.timer ??= setTimeout(() => {
          queue.timer = undefined;
          if (queue.waiting.length > 0 && queue.running < this.#lanes) this.#open(policy, queue);
        }, patienceMs);
      }
    });
  }

  #queueOf(policy: RowPolicy): Queue<Item, Outcome> {
    let queue = this.#queues.get(policy);
    if (!queue) {
      queue = { waiting: [], running: 0, timer: undefined, gathering: undefined, expected: 0 };
      this.#queues.set(policy, queue);
    }
    return queue;
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
      const answer = await this.#work(policy, batch);
      // Decided first: who asks again while he is being answered was not there in this round.
      const gathers = this.#gathers(policy, queue, batch.length);
      answer();
      if (gathers) return;
    }
    queue.running -= 1;
    if (queue.running === 0) this.#queues.delete(policy);
  }

  /** Closes the lane until those who were just answered have come again, if any are expected. */
  #gathers(policy: RowPolicy, queue: Queue<Item, Outcome>, answered: number): boolean {
    if (this.#gather === undefined || queue.running > 1) return false;
    queue.expected = Math.min(answered + queue.waiting.length, this.#gather.upTo);
    if (queue.expected <= Math.max(1, queue.waiting.length)) return false;
    queue.running -= 1;
    clearTimeout(queue.timer);
    queue.timer = undefined;
    queue.gathering = setTimeout(() => this.#endGathering(policy, queue), this.#gather.ms);
    return true;
  }

  #endGathering(policy: RowPolicy, queue: Queue<Item, Outcome>): void {
    clearTimeout(queue.gathering);
    queue.gathering = undefined;
    this.#open(policy, queue);
  }

  /** Does what a batch asks; the answer is ready to be given. */
  async #work(policy: RowPolicy, batch: readonly Waiting<Item, Outcome>[]): Promise<() => void> {
    try {
      const outcomes = await this.#workTogether(
        policy,
        batch.map(({ item }) => item),
      );
      return () => batch.forEach(({ resolve }, at) => resolve(outcomes[at]!));
    } catch (error) {
      // When the connection was lost nobody knows whether it was done, and what was done may not be done again.
      const isUnknown = error instanceof Fault && error.kind === 'unavailable';
      if (batch.length === 1 || isUnknown) return () => batch.forEach(({ reject }) => reject(error));
      for (const each of batch) (await this.#work(policy, [each]))();
      return () => undefined;
    }
  }
}

/** Any `most` of what waits, in the order of arrival. */
export function takeFirst<Item>(most: number): TakeBatch<Item> {
  return (waiting) => ({ batch: waiting.slice(0, most), left: waiting.slice(most) });
}
