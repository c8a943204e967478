import { describe, expect, it } from '@jest/globals';
import { slowdown } from './slowdown.ts';

describe('the slowness of the machine', () => {
  it('is told by a moment of processor time, and is never below one', () => {
    const before = process.cpuUsage();
    expect(slowdown()).toBeGreaterThanOrEqual(1);
    const { user, system } = process.cpuUsage(before);
    // 56 ms on the machine of the promises.
    expect((user + system) / 1000).toBeLessThan(2_000);
  });
});
