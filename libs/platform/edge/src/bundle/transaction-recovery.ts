import { Logger } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { asFault } from '#platform/fhir';
import type { Prepared } from '#platform/store';
import type { Edge, Owner } from '../edge.ts';
import { sweepExpired } from '../home/sweep-expired.ts';
import {
  decide,
  stillUndecided,
  unfinishedDecisions,
  type UnfinishedDecision,
} from '../home/transaction-decisions.ts';
import { abandonedAfterMs, announce } from './two-phase-commit.ts';

/** A transaction that a context has prepared and nobody has ended. It holds its locks. */
interface InDoubt extends Prepared {
  readonly context: string;
}

const caller: Caller = Object.freeze({
  subject: 'system/edge',
  kind: 'system',
  client: 'system/edge',
  scopes: Object.freeze(['system/*.cruds']),
  purposeOfUse: 'HOPERAT',
  breakGlass: false,
});
const call = { caller, traceparent: undefined, base: '', headers: {} };

const everyMs = 2_000;
const sweepEveryMs = 600_000;
/** In doubt for longer than this is an alarm. */
const alarmAfterMs = 5_000;
/** What its own coordinator is about to do by itself. */
const leaveAloneMs = 1_000;

/**
 * Ends the transactions whose coordinator did not: at start and every two seconds, in every copy of the edge. Copies
 * do not hinder each other, because the decision is a row that only the first one writes and all calls may be
 * repeated.
 */
export class TransactionRecovery {
  readonly #edge: Edge;
  readonly #log = new Logger('edge');
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #sweptAt = -Infinity;

  constructor(edge: Edge) {
    this.#edge = edge;
  }

  start(): void {
    if (this.#stopped) return;
    this.#running = this.runOnce()
      .catch((error: unknown) =>
        this.#log.warn(
          { error: asFault(error) },
          'recovery of transactions did not finish; it is tried again',
        ),
      )
      .finally(() => {
        if (!this.#stopped) this.#timer = setTimeout(() => this.start(), everyMs).unref();
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Finishes what is decided, decides what is abandoned. A part that does not answer is left for the next time. */
  async runOnce(): Promise<void> {
    const edge = this.#edge;
    if (performance.now() - this.#sweptAt > sweepEveryMs) {
      this.#sweptAt = performance.now();
      await sweepExpired(edge.home);
    }
    for (const unfinished of await unfinishedDecisions(edge.home, leaveAloneMs))
      await this.#finish(unfinished);
    const inDoubt = await this.#inDoubt(abandonedAfterMs);
    const alive = await stillUndecided(
      edge.home,
      inDoubt.map(({ transactionId }) => transactionId),
    );
    for (const each of inDoubt) if (!alive.has(each.transactionId)) await this.#rollBack(each);
  }

  async #finish({ transactionId, decision, participants, ageMs }: UnfinishedDecision): Promise<void> {
    const owners = this.#edge.owners.filter(({ context }) => participants.includes(context));
    const finished = await announce(this.#edge, call, transactionId, decision, owners);
    if (!finished && ageMs > alarmAfterMs)
      this.#log.error(
        { lagMs: ageMs },
        `alarm: transaction ${transactionId} is decided, and a participant has not carried out its ${decision}`,
      );
  }

  async #rollBack({ transactionId, context, ageMs }: InDoubt): Promise<void> {
    if (ageMs > alarmAfterMs)
      this.#log.error(
        { context, lagMs: ageMs },
        `alarm: transaction ${transactionId} is in doubt; it is rolled back now`,
      );
    const owner = this.#edge.owners.find((each) => each.context === context)!;
    const decision = await decide(this.#edge.home, transactionId, 'rollback', [context]);
    await announce(this.#edge, call, transactionId, decision, [owner]);
  }

  /** What is in doubt for longer than so many milliseconds, in all contexts that answer. */
  async #inDoubt(olderThanMs: number): Promise<InDoubt[]> {
    const lists = await Promise.all(this.#edge.owners.map((owner) => this.#askOne(owner, olderThanMs)));
    return lists.flat();
  }

  async #askOne({ context, transactions }: Owner, olderThanMs: number): Promise<InDoubt[]> {
    try {
      const { result } = await this.#edge.call(call, transactions.prepared, { olderThanMs });
      return result.map((prepared) => ({ ...prepared, context }));
    } catch {
      return [];
    }
  }
}
