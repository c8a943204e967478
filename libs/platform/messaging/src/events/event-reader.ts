import type { PositionedEvent } from './positioned-event.ts';
import type { Cursor, StreamMark } from './subscription-store.ts';

export interface ReadBatch {
  /** In ascending position; perhaps not all that lie between, only all that the subscription may want. */
  readonly events: readonly PositionedEvent[];
  /** Everything up to here has been read. */
  readonly through: number;
}

/** Reads what one part published, in order, from a position on: from its outbox, or from its JetStream stream. */
export interface EventReader {
  /**
   * Begins after the cursor, or earlier when the cursor belongs to a stream or an outbox that is no more: the inbox
   * knows what was applied. Answers the position it begins after; undefined when there is nothing to read from yet.
   */
  open(after: Cursor): Promise<number | undefined>;
  /** Answers at once, with nothing when there is nothing new. */
  read(limit: number): Promise<ReadBatch>;
  /** Where to read on, once everything up to this position is done with. */
  mark(position: number): StreamMark;
  close(): Promise<void>;
}
