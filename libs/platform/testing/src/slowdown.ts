const rounds = 50_000_000;
/** What the rounds take, alone, on the machine on which the promises were measured. */
const quietMs = 56;

/**
 * How many times longer work takes here now than it would on a quiet machine like the one of the promises: 1 there, more
 * on a slower one, and on one that does other things too. What is promised in seconds is promised of the quiet one, and
 * a test must not fail because of its neighbours.
 */
export function slowdown(): number {
  // Jest looks a global up anew each time it is named, which would be the slowness found.
  const { imul } = Math;
  const began = performance.now();
  let hash = 0;
  for (let round = 0; round < rounds; round += 1) hash = imul(hash ^ round, 0x01000193);
  const tookMs = performance.now() - began;
  // The hash is asked for so that the work is not left out as useless.
  return Math.max(1, hash === 1 ? 1 : tookMs / quietMs);
}
