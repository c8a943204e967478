import type { Reconciliation, ReconciliationDecision } from '#medications/contract';
import type { Fact } from './fact.ts';

/**
 * How a medication in force at discharge stands to the reconciliation of the stay: the decision that left or put it in
 * force; `decided` when it was decided on and another line stands for it; nothing when it came after, or there was none.
 */
export function standingOf(
  { type, id }: Fact,
  reconciliation: Reconciliation | undefined,
): ReconciliationDecision | 'decided' | undefined {
  if (reconciliation === undefined) return undefined;
  const reference = `${type}/${id}`;
  const listing = reconciliation.decided.find(({ result }) => result === reference);
  if (listing !== undefined) return listing.decision;
  return reconciliation.decided.some(({ line }) => line === reference) ? 'decided' : undefined;
}
