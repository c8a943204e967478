import { createHash } from 'node:crypto';
import { constraintOf, type ContextDatabase, type Transaction } from '#platform/database';
import { Fault } from '#platform/fhir';

/** What a client's key stands for, written with what it did: both are there, or neither. */
export interface AnswerToKeep {
  /** See `keyHolder`. */
  readonly holder: string;
  readonly key: string;
  readonly requestHash: Buffer;
  /** Opaque here. */
  readonly answer: string;
}

export function requestHash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The answer to a request with this key, when there was one in the last 24 h. Throws `conflict` when the key meant something else. */
export async function findAnswer(
  home: ContextDatabase,
  { holder, key, requestHash: asked }: Omit<AnswerToKeep, 'answer'>,
): Promise<string | undefined> {
  const [row] = await home.query<{ request_hash: Buffer; answer: string }>('*', {
    name: 'edge.idempotent-answer.find',
    text: `select request_hash, answer from edge.idempotent_answer
            where client = $1 and key = $2 and created_at > now() - interval '24 hours'`,
    values: [holder, key],
  });
  if (row === undefined) return undefined;
  if (row.request_hash.equals(asked)) return row.answer;
  throw new Fault(
    'conflict',
    'This Idempotency-Key was used for another request. Take a new key for each new request.',
  );
}

/** Of two requests with one key that run at the same time, the second fails here, and with it all it did. */
export async function keepAnswer(transaction: Transaction, kept: AnswerToKeep): Promise<void> {
  await transaction.query({
    name: 'edge.idempotent-answer.expire',
    text: `delete from edge.idempotent_answer where client = $1 and key = $2 and created_at <= now() - interval '24 hours'`,
    values: [kept.holder, kept.key],
  });
  await transaction.query({
    name: 'edge.idempotent-answer.keep',
    text: 'insert into edge.idempotent_answer (client, key, request_hash, answer) values ($1, $2, $3, $4)',
    values: [kept.holder, kept.key, kept.requestHash, kept.answer],
  });
}

/** Whether a write failed because another request with the same key was first. */
export function wasAnsweredMeanwhile(error: unknown): boolean {
  return constraintOf(error) === 'idempotent_answer_pkey';
}
