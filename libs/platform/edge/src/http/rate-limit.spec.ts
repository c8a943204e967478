import { describe, expect, it } from '@jest/globals';
import { Fault } from '#platform/fhir';
import { RateLimit, type RequestClass } from './rate-limit.ts';

function limitAt(perSecond: number) {
  let now = 0;
  const limit = new RateLimit(perSecond, () => now);
  const admits = (client: string, requestClass: RequestClass = 'interactive'): boolean | number => {
    try {
      limit.take(client, requestClass);
      return true;
    } catch (error) {
      return (error as Fault).retryAfterSeconds ?? false;
    }
  };
  return { admits, wait: (ms: number) => (now += ms) };
}

describe('a client’s share', () => {
  it('is twice the rate at once, then the rate', () => {
    const { admits, wait } = limitAt(10);
    expect(Array.from({ length: 20 }, () => admits('a'))).not.toContain(1);
    expect(admits('a')).toBe(1);
    wait(1_000);
    expect(Array.from({ length: 10 }, () => admits('a'))).toEqual(Array(10).fill(true));
    expect(admits('a')).not.toBe(true);
  });

  it('is its own', () => {
    const { admits } = limitAt(1);
    admits('a');
    admits('a');
    expect(admits('a')).not.toBe(true);
    expect(admits('b')).toBe(true);
  });

  it('refuses dear requests before cheap ones', () => {
    const { admits } = limitAt(100);
    let dear = 0;
    while (admits('a', 'bulk') === true) dear += 1;
    expect(dear).toBe(10);
    expect(admits('a')).toBe(true);
  });

  it('is endless when there is no limit', () => {
    const { admits } = limitAt(0);
    expect(Array.from({ length: 1_000 }, () => admits('a', 'bulk')).every((each) => each === true)).toBe(
      true,
    );
  });
});
