import type { ContextDatabase } from '#platform/database';
import { keepAnswer, type AnswerToKeep } from './idempotency.ts';

export type Decision = 'commit' | 'rollback';

/** A transaction whose outcome is decided while some participant may not know it yet. */
export interface UnfinishedDecision {
  readonly transactionId: string;
  readonly decision: Decision;
  readonly participants: readonly string[];
  /** Milliseconds since it was decided, by the database's clock. */
  readonly ageMs: number;
}

/**
 * Says that a transaction is still being prepared, for so long from now. Nothing once it is decided. Only a coordinator
 * that needs longer than others wait has to say so.
 */
export async function keepUndecided(
  home: ContextDatabase,
  transactionId: string,
  forMs: number,
): Promise<void> {
  await home.query('*', {
    name: 'edge.transaction-decision.keep-undecided',
    text: `insert into edge.transaction_decision as d (transaction_id, participants, undecided_until)
           values ($1, '{}', clock_timestamp() + make_interval(secs => $2::float8 / 1000))
           on conflict (transaction_id) do update set undecided_until = excluded.undecided_until where d.decision is null`,
    values: [transactionId, forMs],
  });
}

/** Those of these transactions whose coordinator lives and has not decided. */
export async function stillUndecided(
  home: ContextDatabase,
  transactionIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (transactionIds.length === 0) return new Set();
  const rows = await home.query<{ id: string }>('*', {
    name: 'edge.transaction-decision.undecided',
    text: `select transaction_id as id from edge.transaction_decision
            where transaction_id = any($1::uuid[]) and decision is null and undecided_until > clock_timestamp()`,
    values: [transactionIds],
  });
  return new Set(rows.map(({ id }) => id));
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
    const written = await transaction.query({
      name: 'edge.transaction-decision.write',
      text: `insert into edge.transaction_decision as d (transaction_id, decision, participants) values ($1, $2, $3)
             on conflict (transaction_id) do update
             set decision = excluded.decision, participants = excluded.participants, decided_at = now()
             where d.decision is null returning decision`,
      values: [transactionId, decision, participants],
    });
    if (written.length > 0) {
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
    text: `select transaction_id as "transactionId", decision, participants,
                   (extract(epoch from now() - decided_at) * 1000)::int8 as "ageMs" from edge.transaction_decision
            where finished_at is null and decision is not null and decided_at < now() - make_interval(secs => $1::float8 / 1000) order by decided_at`,
    values: [olderThanMs],
  });
}

/** What is written down of a transaction. */
export interface FoundDecision {
  readonly transactionId: string;
  /** Null while its coordinator only says that it is at work. */
  readonly decision: Decision | null;
  readonly participants: readonly string[];
  /** Whether its coordinator lives and has not decided. */
  readonly atWork: boolean;
  readonly ageMs: number;
}

/** Of these transactions, and of all that are decided and not carried out everywhere. */
export async function findDecisions(home: ContextDatabase, ids: readonly string[]): Promise<FoundDecision[]> {
  return home.query<FoundDecision & object>('*', {
    text: `select transaction_id as "transactionId", decision, participants,
                  decision is null and coalesce(undecided_until > clock_timestamp(), false) as "atWork",
                  (extract(epoch from clock_timestamp() - decided_at) * 1000)::int8 as "ageMs"
             from edge.transaction_decision
            where transaction_id = any($1::uuid[]) or (finished_at is null and decision is not null)`,
    values: [ids],
  });
}
