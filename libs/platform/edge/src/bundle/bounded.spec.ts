import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { bounded } from './bounded.ts';

describe('bounded', () => {
  it('answers in order, and never has more of a group under way than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c')),
        fc.integer({ min: 1, max: 4 }),
        fc.scheduler(),
        async (items, limit, scheduler) => {
          const running = new Map<string, number>();
          let most = 0;
          const work = scheduler.scheduleFunction(async (index: number) => index);
          const done = bounded(
            items,
            (item) => item,
            limit,
            async (item, index) => {
              running.set(item, (running.get(item) ?? 0) + 1);
              most = Math.max(most, running.get(item)!);
              const result = await work(index);
              running.set(item, running.get(item)! - 1);
              return result;
            },
          );
          expect(await scheduler.waitFor(done)).toEqual(items.map((_, index) => index));
          expect(most).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 50 },
    );
  });
});
