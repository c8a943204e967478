import { describe, expect, it } from '@jest/globals';
import { recoveryTable } from './recovery-table.ts';

const kill = (victim: string, recoveredMs: number) => ({ victim, recoveredMs, promisedMs: 5_000 });

describe('the table of recoveries', () => {
  it('has the median and the longest of each victim', () => {
    const text = recoveryTable([
      kill('rest', 3_000),
      kill('nats', 100),
      kill('rest', 1_000),
      kill('rest', 2_500),
    ]);
    expect(text).toContain('| rest | 3 | 2.50 | 3.00 | 5.00 |');
    expect(text).toContain('| nats | 1 | 0.10 | 0.10 | 5.00 |');
  });

  it('takes the shorter of two in the middle', () => {
    expect(recoveryTable([kill('rest', 2_000), kill('rest', 1_000)])).toContain('| rest | 2 | 1.00 | 2.00 |');
  });
});
