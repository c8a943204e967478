import type { CoordinatorTransactions } from '#platform/database';
import type { Edge, FhirCall } from '../edge.ts';
import { keepAnswer, type AnswerToKeep } from '../home/idempotency.ts';
import { applyRequest, toOutcomes, transactionTimeoutMs, type WriteOutcomes } from './share-request.ts';
import type { TransactionPlan } from './transaction-plan.ts';

/**
 * All participants run in this process and keep their rows in one database: one connection, one commit. `answer`
 * makes what an idempotency key has to give again; it commits with the rest.
 */
export async function commitShared(
  edge: Edge,
  coordinator: CoordinatorTransactions,
  call: FhirCall,
  plan: TransactionPlan,
  answer: (outcomes: WriteOutcomes) => AnswerToKeep | undefined,
): Promise<WriteOutcomes> {
  const transactionId = await coordinator.begin();
  try {
    const outcomes: WriteOutcomes = new Map();
    for (const share of plan.shares) {
      const { request, texts } = applyRequest(transactionId, share, plan.substitutions);
      const deadline = Date.now() + transactionTimeoutMs;
      const reply = await edge.call(call, share.owner.transactions.apply, request, { texts, deadline });
      toOutcomes(share, reply, outcomes);
    }
    const kept = answer(outcomes);
    if (kept !== undefined) await coordinator.run(transactionId, 'edge', '*', (own) => keepAnswer(own, kept));
    await coordinator.commit(transactionId);
    return outcomes;
  } catch (error) {
    await coordinator.rollback(transactionId);
    throw error;
  }
}
