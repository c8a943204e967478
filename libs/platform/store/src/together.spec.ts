import { describe, expect, it } from '@jest/globals';
import { Fault } from '#platform/fhir';
import { takeFirst, Together } from './together.ts';

/** A batch of two ends with this fault; what is tried by itself succeeds. */
function failingTogether(fault: Fault) {
  const batches: string[][] = [];
  const together = new Together<string, string>((_policy, items) => {
    batches.push([...items]);
    return items.length > 1 ? Promise.reject(fault) : Promise.resolve(items);
  }, takeFirst(8));
  return { batches, outcomes: () => Promise.allSettled([together.add('*', 'a'), together.add('*', 'b')]) };
}

describe('work that is done together', () => {
  it('is tried one by one when the batch was refused', async () => {
    const { batches, outcomes } = failingTogether(new Fault('conflict', 'No.'));
    expect(await outcomes()).toMatchObject([{ value: 'a' }, { value: 'b' }]);
    expect(batches).toEqual([['a', 'b'], ['a'], ['b']]);
  });

  it('is not done again when nobody knows whether it was done', async () => {
    const { batches, outcomes } = failingTogether(new Fault('unavailable', 'The connection was lost.'));
    expect(await outcomes()).toMatchObject([
      { reason: { kind: 'unavailable' } },
      { reason: { kind: 'unavailable' } },
    ]);
    expect(batches).toEqual([['a', 'b']]);
  });
});
