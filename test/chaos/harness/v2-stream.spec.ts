import { describe, expect, it } from '@jest/globals';
import { wrongInStream } from './v2-stream.ts';

const right = {
  patient: 'A',
  acknowledged: [1, 2, 3],
  versions: [1, 2, 3],
  results: [3, 1, 2],
  rewritten: 0,
};

describe('the check of a stream of messages', () => {
  it('finds nothing wrong with one that is right', () => {
    expect(wrongInStream(right)).toEqual([]);
  });

  it.each([
    ['applied out of order', { versions: [1, 3, 2, 3] }, /out of order/],
    ['applied twice', { versions: [1, 2, 2, 3] }, /twice/],
    ['lost at the end', { versions: [1, 2] }, /no effect/],
    ['lost a result', { results: [1, 3] }, /lost/],
    ['made a result twice', { results: [1, 2, 2, 3] }, /there twice/],
    ['made one of nothing', { results: [1, 2, 3, 4] }, /of nothing/],
    ['wrote one twice', { rewritten: 1 }, /written twice/],
  ])('finds one that was %s', (_what, fault, said) => {
    expect(wrongInStream({ ...right, ...fault }).join()).toMatch(said);
  });
});
