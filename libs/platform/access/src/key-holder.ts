import type { Caller } from './caller.ts';

/**
 * Whose an Idempotency-Key is: the subject's, as he uses this client. Another user of the same client never gets his
 * answers, and two programs of one user, which know nothing of each other, may choose the same keys.
 */
export function keyHolder({ client, subject }: Caller): string {
  return client === subject ? subject : JSON.stringify([client, subject]);
}
