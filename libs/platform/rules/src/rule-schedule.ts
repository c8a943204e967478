/** From an instant on a pack is in force, or none: the rules that Septum brings. */
export interface RuleChange {
  /** In the order in which they were decided; of two for one instant the later one holds. */
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly name: string;
  /** Absent: the pack of that name is retired. */
  readonly version: string | null;
  /** Where the pack itself ends. */
  readonly until: number | null;
  /** `proposed`: whether it comes is not known here yet; `void`: it does not. */
  readonly state: 'proposed' | 'settled' | 'void';
}

/** What is in force at an instant: a pack, none, or nobody here can say. */
export type InForce = { readonly name: string; readonly version: string } | 'none' | 'undecided';

/**
 * A change that is settled was known everywhere before its instant, and none is ever taken back: what was in force at an
 * instant that is past is the same for ever.
 */
export function inForceAt(changes: readonly RuleChange[], instant: number): InForce {
  const [last] = changes
    .filter(({ at, state }) => at <= instant && state !== 'void')
    .toSorted((a, b) => b.at - a.at || b.position - a.position);
  if (last === undefined) return 'none';
  if (last.state === 'proposed') return 'undecided';
  const { name, version, until } = last;
  return version === null || (until !== null && until <= instant) ? 'none' : { name, version };
}
