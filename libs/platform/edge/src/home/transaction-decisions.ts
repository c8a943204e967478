import type { ContextDatabase } from '#platform/database';
import { keepAnswer, type AnswerToKeep } from './idempotency.ts';

export type Decision = 'commit' | 'rollback';

/** A transaction whose outcome is decided while some participant may not know it yet. */
export interface UnfinishedDecision {
  readonly transactionId: string;
  readonly decision: Decision;
  readonly participants: readonly string[];
}

/**
 * Writes a decision down durably, unless there is one; answers the one that holds. The first writer decides, be it
 * the process that runs the transaction or one that found it abandoned.
 */
export async function decide(
  home: ContextDatabase,
  transactionId: string,
  decision: Decision,
  participants: readonly string[],
  kept?: AnswerToKeep,
): Promise<Decision> {
  return home.transact('*', async (transaction) => {
    const inserted = await transaction.query({
      name: 'edge.transaction-decision.write',
      text: `insert into edge.transaction_decision (transaction_id, decision, participants) values ($1, $2, $3)
             on conflict (transaction_id) do nothing returning decision`,
      values: [transactionId, decision, participants],
    });
    if (inserted.length > 0) {
      if (kept !== undefined) await keepAnswer(transaction, kept);
      return decision;
    }
    const [row] = await transaction.query<{ decision: Decision }>({
      name: 'edge.transaction-decision.read',
      text: 'select decision from edge.transaction_decision where transaction_id = $1',
      values: [transactionId],
    });
    return row!.decision;
  });
}

export async function markFinished(home: ContextDatabase, transactionId: string): Promise<void> {
  await home.query('*', {
    name: 'edge.transaction-decision.finish',
    text: 'update edge.transaction_decision set finished_at = now() where transaction_id = $1',
    values: [transactionId],
  });
}

/** Those that the process which decided them should have finished by now. */
export async function unfinishedDecisions(
  home: ContextDatabase,
  olderThanMs: number,
): Promise<UnfinishedDecision[]> {
  return home.query<UnfinishedDecision & object>('*', {
    name: 'edge.transaction-decision.unfinished',
    text: `select transaction_id as "transactionId", decision, participants from edge.transaction_decision
            where finished_at is null and decided_at < now() - make_interval(secs => $1::float8 / 1000) order by decided_at`,
    values: [olderThanMs],
  });
}
