import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats until `check` does not throw, and answers what it answers; after `limitMs` throws what it threw last. */
export async function eventually<T>(check: () => Promise<T>, limitMs = 120_000): Promise<T> {
  for (const until = Date.now() + limitMs; ; await sleep(50)) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}
