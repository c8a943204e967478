import type { Edge, FhirCall } from '../edge.ts';
import { findDecisions, type FoundDecision } from '../home/transaction-decisions.ts';
import { askContexts } from './ask-contexts.ts';

/** A transaction over several contexts that is not ended everywhere. */
export interface OpenTransaction {
  readonly id: string;
  /** Since it was prepared first, or decided. */
  readonly ageMs: number;
  /** The contexts in which it is prepared, holds its locks, and waits. */
  readonly waits: readonly string[];
  /** What is written down of it. */
  readonly decision: FoundDecision | undefined;
}

export interface OpenTransactions {
  readonly transactions: readonly OpenTransaction[];
  /** Contexts that do not answer now; they may have prepared more. */
  readonly missing: readonly string[];
}

/** All that are prepared somewhere, or decided and not carried out everywhere; the oldest first. */
export async function openTransactions(edge: Edge, call: FhirCall, id?: string): Promise<OpenTransactions> {
  const owners = new Map(edge.owners.map((owner) => [owner.context, owner]));
  const { answers, missing } = await askContexts([...owners.keys()], (context) =>
    edge.call(call, owners.get(context)!.transactions.prepared, { olderThanMs: 0 }),
  );
  const shares = answers
    .flatMap(({ context, result }) => result.map((each) => ({ context, ...each })))
    .filter(({ transactionId }) => id === undefined || transactionId === id);
  const byId = Map.groupBy(shares, ({ transactionId }) => transactionId);
  const decisions = await findDecisions(edge.home, id === undefined ? [...byId.keys()] : [id]);
  for (const { transactionId } of decisions) {
    if (!byId.has(transactionId) && (id === undefined || id === transactionId)) byId.set(transactionId, []);
  }
  const transactions = [...byId].map(([transactionId, prepared]): OpenTransaction => {
    const decision = decisions.find((each) => each.transactionId === transactionId);
    const ages = prepared.map(({ ageMs }) => ageMs);
    return {
      id: transactionId,
      ageMs: Math.max(...ages, ages.length === 0 ? (decision?.ageMs ?? 0) : 0),
      waits: prepared.map(({ context }) => context),
      decision,
    };
  });
  return { transactions: transactions.toSorted((one, other) => other.ageMs - one.ageMs), missing };
}
