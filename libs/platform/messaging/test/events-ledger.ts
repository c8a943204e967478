import { setTimeout as sleep } from 'node:timers/promises';
import type { ContextDatabase } from '#platform/database';
import { appendEvents } from '#platform/messaging';
import { discharged } from './events-letters.ts';

export interface Effect {
  readonly subscription: string;
  readonly id: string;
  readonly order_key: string;
  readonly order_sequence: number;
}

/** What the listeners applied, in the order of application. */
export function effects(letters: ContextDatabase): Promise<Effect[]> {
  const text = 'SELECT subscription, id, order_key, order_sequence FROM letters.effect ORDER BY n';
  return letters.query<Effect & Record<string, unknown>>('*', { text });
}

/** Writes transactions one after the other, each with one event for each key that `keysOf` names. */
export async function write(
  ward: ContextDatabase,
  transactions: number,
  keysOf: (n: number) => string[],
  committed: () => void,
): Promise<void> {
  for (let n = 0; n < transactions; n += 1) {
    const events = keysOf(n).map((orderKey) => ({ type: discharged, orderKey, payload: { nth: n } }));
    await ward.transact('*', (transaction) => appendEvents(transaction, events));
    committed();
  }
}

/** Everything that is wrong with what the subscriptions applied, against the outbox; empty when all is right. */
export async function appliedInOrder(
  ward: ContextDatabase,
  letters: ContextDatabase,
  subscriptions: readonly string[],
): Promise<string[]> {
  const written = await ward.query<{ message_id: string; order_key: string; order_sequence: number }>('*', {
    text: 'SELECT message_id, order_key, order_sequence FROM ward.outbox',
  });
  const wrong: string[] = [];
  const applied = await effects(letters);
  for (const subscription of subscriptions) {
    const mine = applied.filter((effect) => effect.subscription === subscription);
    const ids = new Set(mine.map((effect) => effect.id));
    if (ids.size !== mine.length) wrong.push(`${subscription}: ${mine.length - ids.size} applied twice`);
    const missing = written.filter((event) => !ids.has(event.message_id));
    if (missing.length > 0) wrong.push(`${subscription}: ${missing.length} of ${written.length} missing`);
    const last = new Map<string, number>();
    for (const effect of mine) {
      const before = last.get(effect.order_key) ?? 0;
      if (effect.order_sequence <= before) {
        wrong.push(`${subscription}: ${effect.order_key} ${effect.order_sequence} after ${before}`);
      }
      last.set(effect.order_key, effect.order_sequence);
    }
  }
  return wrong;
}

/** The longest time from an event to its effect in a subscription, milliseconds. */
export async function longestLagMs(
  ward: ContextDatabase,
  letters: ContextDatabase,
  subscription: string,
): Promise<number> {
  const written = await ward.query<{ message_id: string; occurred_at: number }>('*', {
    text: 'SELECT message_id, occurred_at FROM ward.outbox',
  });
  const occurred = new Map(written.map((event) => [event.message_id, event.occurred_at]));
  const applied = await letters.query<{ id: string; applied_at: number }>('*', {
    text: 'SELECT id, applied_at FROM letters.effect WHERE subscription = $1',
    values: [subscription],
  });
  return Math.max(...applied.map(({ id, applied_at }) => applied_at - (occurred.get(id) ?? 0)));
}

export async function until(reached: () => Promise<boolean>, withinMs = 120_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await reached())) {
    if (Date.now() > deadline) throw new Error(`Not reached within ${withinMs} ms.`);
    await sleep(25);
  }
}
