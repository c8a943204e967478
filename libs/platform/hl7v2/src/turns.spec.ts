import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.ts';

const never = new AbortController().signal;

describe('Turns', () => {
  it('lets a number pass at a time, in order', async () => {
    const turns = new Turns(2);
    const passed: string[] = [];
    const take = async (name: string) => {
      const leave = await turns.take(never);
      passed.push(name);
      return leave;
    };
    const [a, b] = [await take('a'), await take('b')];
    const others = [take('c'), take('d')];
    await Promise.resolve();
    expect(passed).toEqual(['a', 'b']);
    b();
    await others[0];
    expect(passed).toEqual(['a', 'b', 'c']);
    a();
    await others[1];
    expect(passed).toEqual(['a', 'b', 'c', 'd']);
  });

  it('forgets who no longer waits, and nobody else', async () => {
    const turns = new Turns(1);
    const leave = await turns.take(never);
    const [first, second] = [new AbortController(), new AbortController()];
    const cancelled = turns.take(first.signal);
    const late = turns.take(second.signal);
    const last = turns.take(never);
    first.abort(new Error('enough'));
    await expect(cancelled).rejects.toThrow('enough');
    leave();
    // Its turn has come already, so it takes it, and the one behind it keeps its place.
    second.abort(new Error('too late'));
    (await late)();
    (await last)();
  });
});
