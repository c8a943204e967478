import { randomUUID } from 'node:crypto';
import { Fault } from '#platform/fhir';
import type { Edge, FhirCall, Owner } from '../edge.ts';
import type { AnswerToKeep } from '../home/idempotency.ts';
import { decide, keepUndecided, markFinished, type Decision } from '../home/transaction-decisions.ts';
import { applyRequest, toOutcomes, transactionTimeoutMs, type WriteOutcomes } from './share-request.ts';
import type { TransactionPlan } from './transaction-plan.ts';

/** A transaction prepared for so long is taken for abandoned and rolled back, unless its coordinator says otherwise. */
export const abandonedAfterMs = 4_000;
const sayAliveEveryMs = 1_000;

/**
 * Participants in several processes or databases: each prepares its share, in one order for all transactions; the
 * decision is written down; each is told. From the decision on the outcome is certain, and whoever is not reached now
 * is told by recovery.
 */
export async function commitInTwoPhases(
  edge: Edge,
  call: FhirCall,
  plan: TransactionPlan,
  answer: (outcomes: WriteOutcomes) => AnswerToKeep | undefined,
): Promise<WriteOutcomes> {
  const transactionId = randomUUID();
  const owners = plan.shares.map(({ owner }) => owner);
  const participants = owners.map(({ context }) => context);
  const outcomes: WriteOutcomes = new Map();
  let decision: Decision;
  const alive = sayAlive(edge, transactionId);
  try {
    for (const share of plan.shares) {
      const { request, texts } = applyRequest(transactionId, share, plan.substitutions);
      const deadline = Date.now() + transactionTimeoutMs;
      const reply = await edge.call(call, share.owner.transactions.prepare, request, { texts, deadline });
      toOutcomes(share, reply, outcomes);
    }
    decision = await decide(edge.home, transactionId, 'commit', participants, answer(outcomes));
  } catch (error) {
    await abandon(edge, call, transactionId, owners);
    throw error;
  } finally {
    clearInterval(alive);
  }
  await announce(edge, call, transactionId, decision, owners);
  if (decision === 'commit') return outcomes;
  throw new Fault(
    'timeout',
    'This transaction took too long and was rolled back: none of it is stored. Send it again.',
    {
      retryAfterSeconds: 1,
    },
  );
}

/** Most transactions are decided before this says anything. */
function sayAlive(edge: Edge, transactionId: string): NodeJS.Timeout {
  let saying: Promise<void> | undefined;
  return setInterval(() => {
    // When the home database does not hear it in time, the transaction is rolled back: so it would be anyway.
    saying ??= keepUndecided(edge.home, transactionId, abandonedAfterMs)
      .catch(() => undefined)
      .finally(() => (saying = undefined));
  }, sayAliveEveryMs);
}

/**
 * Something failed before the decision, or in writing it. Whether it was written is decided by writing the other one:
 * when the home database does not answer, recovery does so later.
 */
async function abandon(
  edge: Edge,
  call: FhirCall,
  transactionId: string,
  owners: readonly Owner[],
): Promise<void> {
  const participants = owners.map(({ context }) => context);
  const decision = await decide(edge.home, transactionId, 'rollback', participants).catch(() => undefined);
  if (decision !== undefined) await announce(edge, call, transactionId, decision, owners);
}

/**
 * Tells every participant. One that is not reached is told again by recovery, and so is one that knows nothing of what
 * is to be committed: its half would be lost without a word.
 */
export async function announce(
  edge: Edge,
  call: Pick<FhirCall, 'caller' | 'traceparent'>,
  transactionId: string,
  decision: Decision,
  owners: readonly Owner[],
): Promise<boolean> {
  const told = await Promise.all(
    owners.map(async ({ transactions }) => {
      try {
        const { result } = await edge.call(call as FhirCall, transactions[decision], { transactionId });
        return decision === 'rollback' || result.state === 'committed';
      } catch {
        return false;
      }
    }),
  );
  const all = told.every(Boolean);
  if (all) await markFinished(edge.home, transactionId).catch(() => undefined);
  return all;
}
