import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
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

/** Batches that end when they are told to. */
function slowTogether(gatherMs: number) {
  const batches: string[][] = [];
  const ends: (() => void)[] = [];
  const together = new Together<string, string>(
    (_policy, items) => {
      batches.push([...items]);
      return new Promise((resolve) => ends.push(() => resolve(items)));
    },
    takeFirst(8),
    { gather: { upTo: 8, ms: gatherMs } },
  );
  return { together, batches, answerNext: () => ends.shift()?.() };
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

  it('gathers those who come again as soon as they are answered', async () => {
    const { together, batches, answerNext } = slowTogether(1_000);
    const first = together.add('*', 'a');
    await nextTurn();
    const waiting = [together.add('*', 'b'), together.add('*', 'c')];
    answerNext();
    await first;
    await nextTurn();
    expect(batches).toEqual([['a']]);
    waiting.push(together.add('*', 'again a'));
    await nextTurn();
    answerNext();
    expect(await Promise.all(waiting)).toEqual(['b', 'c', 'again a']);
    expect(batches).toEqual([['a'], ['b', 'c', 'again a']]);
  });

  it('does not wait long for those who stay away, nor for anybody after one who was alone', async () => {
    const { together, batches, answerNext } = slowTogether(20);
    const first = together.add('*', 'a');
    await nextTurn();
    const second = together.add('*', 'b');
    answerNext();
    await first;
    await sleep(40);
    expect(batches).toEqual([['a'], ['b']]);
    answerNext();
    await second;
    void together.add('*', 'c');
    await nextTurn();
    expect(batches).toEqual([['a'], ['b'], ['c']]);
    answerNext();
  });
});
