import type { Caller } from '#platform/access';
import type { NewEvent } from '#platform/messaging';

/** A parsed FHIR resource. */
export type Resource = Readonly<Record<string, unknown>>;

/** `Type/id` of a reference that leads to a resource of this installation; of any other, and of what is none: undefined. */
export type LocalReference = (reference: unknown) => string | undefined;

/**
 * A rule of care for one type, consulted on every write path but `import`. Pure: it sees the current and the new
 * resource, throws a `business-rule` fault to refuse, and returns the events that the change means. The store reads
 * `before` under the row's lock, in the transaction that writes; `after` bears the id and the `meta.versionId` that it will have.
 */
export interface WriteRule {
  readonly type: string;
  decide(
    before: Resource | undefined,
    after: Resource | undefined,
    localReference: LocalReference,
    /** Who writes. */
    writer: Caller,
  ): readonly NewEvent[];
}
