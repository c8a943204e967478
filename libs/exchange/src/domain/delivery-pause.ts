const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * How long to wait before a notification is sent again.
 *
 * @param failures how often in a row it was not taken, from 1
 * @param failingForMs since when it is not taken
 * @returns undefined when it has been tried for long enough: the subscription is in error
 */
export function pauseBeforeNext(
  failures: number,
  failingForMs: number,
  retryForMs: number,
): number | undefined {
  const pauseMs = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
  return failingForMs + pauseMs > retryForMs ? undefined : pauseMs;
}
