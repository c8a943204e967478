import type { FaultKind } from '#platform/fhir';

const passing = new Set<FaultKind>(['unavailable', 'timeout', 'throttled', 'version-conflict', 'exception']);

/** Whether another day may mend what a neighbour answered: then it is waited for. */
export function isPassing(kind: FaultKind): boolean {
  return passing.has(kind);
}
