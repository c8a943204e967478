import { asFault } from '#platform/fhir';

/** What becomes of an event that its listener did not take. */
export interface Retry {
  readonly attempts: number;
  /** `Infinity`: parked, until somebody replays it. */
  readonly inMs: number;
  /** The kind of the fault: never its text, which may tell more than ids. */
  readonly reason: string;
}

export const attemptsBeforeParking = 5;
const firstPauseMs = 100;
const neighbourPauseMs = 700;

/** A neighbour that is down is not the event's fault: it is waited for, however long, and counts as no attempt. */
const neighbourDown = new Set(['unavailable', 'timeout', 'throttled']);

/** An event that cannot become valid by waiting is parked at once. */
const hopeless = new Set(['invalid', 'malformed']);

export function retryAfter(error: unknown, attemptsSoFar: number): Retry {
  const reason = asFault(error).kind;
  if (neighbourDown.has(reason)) return { attempts: attemptsSoFar, inMs: neighbourPauseMs, reason };
  const attempts = attemptsSoFar + 1;
  const last = attempts >= attemptsBeforeParking || hopeless.has(reason);
  return { attempts, inMs: last ? Infinity : firstPauseMs * 2 ** (attempts - 1), reason };
}
