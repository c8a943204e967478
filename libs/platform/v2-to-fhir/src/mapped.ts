import type { ErrorCode } from '#platform/hl7v2';
import type { Removal } from './tree.ts';

export type { Removal };

/** By what a resource is found again: the identifier of the business, not of any server. */
export interface Identity {
  readonly system?: string;
  readonly value: string;
}

/**
 * `upsert`: create it, or lay it over what has its identity (`merge`). `create`: it is of this message alone, nothing
 * is to be found again. `cancel`: as upsert, and what it was about did not take place.
 */
export type Mode = 'upsert' | 'create' | 'cancel';

/** A time, as coarse as it is told. Milliseconds since the epoch. */
export interface Moment {
  readonly from: number;
  readonly until: number;
}

/** The event that an encounter is told of by. */
export interface VisitEvent {
  /** EVN-2, else MSH-7. */
  readonly recorded?: Moment;
  /** EVN-6, else EVN-2, of events that bring the patient to a place: a dateTime. */
  readonly movedAt?: string;
  /** Whether it takes a discharge back. */
  readonly reopens: boolean;
}

export interface MappedResource {
  readonly type: string;
  /** The same for the same identity at the same installation. */
  readonly id: string;
  readonly identity: Identity | undefined;
  readonly mode: Mode;
  /** R4 JSON with `resourceType` and `id`. */
  readonly content: Readonly<Record<string, unknown>>;
  /**
   * Elements that yield to what is known: R4 demands them, the event says nothing about them, or they are taken from a field
   * that is about something else.
   */
  readonly assumed: readonly string[];
  /** Decimals that a number would not write as the message does, by path: `["valueQuantity.value", "5.10"]`. */
  readonly decimals: readonly (readonly [path: string, text: string])[];
  /** What the sender wants deleted. */
  readonly removed: readonly Removal[];
  /** For each element: its path, the place in the message, the row of the table: `["gender", "PID[1]-8.1", "PID[Patient]:23"]`. */
  readonly lineage: readonly Lineage[];
  /** Of an encounter, where the message is about the visit: what it is older than, it does not change. */
  readonly visit?: VisitEvent;
}

export type Lineage = readonly [path: string, source: string, row: string];

/** What could not be mapped, without saying what it was. `error`: the message as a whole cannot be used. */
export interface MappingIssue {
  readonly severity: 'error' | 'warning';
  /** `PID[1]-3.1`. */
  readonly location: string;
  /** Of which kind it is: what is missing, is not of its form, or is a code that nobody knows. */
  readonly code: ErrorCode;
  readonly text: string;
}

export interface Mapped {
  /** MSH-10. */
  readonly messageId: string;
  /** The message table that was used; undefined: there is none for such messages. */
  readonly structure: string | undefined;
  /** In an order in which each comes after those it refers to, where that is possible. */
  readonly resources: readonly MappedResource[];
  readonly issues: readonly MappingIssue[];
}
