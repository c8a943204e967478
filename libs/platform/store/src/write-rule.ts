import type { NewEvent } from '#platform/messaging';

/** A parsed FHIR resource. */
export type Resource = Readonly<Record<string, unknown>>;

/**
 * A rule of care for one type, consulted on every write path but `import`. Pure: it sees the current and the new
 * resource, throws a `business-rule` fault to refuse, and returns the events that the change means. The store reads
 * `before` under the row's lock, in the transaction that writes.
 */
export interface WriteRule {
  readonly type: string;
  decide(before: Resource | undefined, after: Resource | undefined): readonly NewEvent[];
}
