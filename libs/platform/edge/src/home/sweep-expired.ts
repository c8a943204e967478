import type { ContextDatabase } from '#platform/database';

/** Deletes what has had its time: sessions, codes, answers of idempotency keys, finished decisions, strangers' refusals. */
export async function sweepExpired(home: ContextDatabase): Promise<void> {
  await home.pipeline('*', [
    { text: 'delete from edge.session where expires_at < now()' },
    { text: 'delete from edge.one_use_code where expires_at < now()' },
    { text: `delete from edge.idempotent_answer where created_at < now() - interval '24 hours'` },
    // Longer than a participant could still ask.
    {
      text: `delete from edge.transaction_decision where finished_at < now() - interval '7 days'
             or (decision is null and undecided_until < now() - interval '7 days')`,
    },
    { text: `delete from edge.refusal where subject = '' and at < now() - interval '90 days'` },
  ]);
}
