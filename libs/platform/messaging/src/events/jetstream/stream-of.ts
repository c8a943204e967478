import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { outboxDays } from '../event-tables.ts';
import type { PositionedEvent } from '../positioned-event.ts';

/** The stream of what a part publishes. Its name never changes. */
export function streamName(part: string): string {
  return `septum-${part}`;
}

/** Patterns begin with the part's name. Ids never are in a subject. */
export function subjectOf(pattern: string): string {
  return `septum.event.${pattern}`;
}

export async function streamInfo(manager: JetStreamManager, part: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(streamName(part));
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      return undefined;
    throw error;
  }
}

/**
 * A full stream refuses rather than forgets: what it refuses waits in the outbox. With a limit below the size of the
 * disk it never meets a full disk, which it would not recover from by itself. Its subjects are the patterns it carries.
 */
export function makeStream(
  manager: JetStreamManager,
  part: string,
  patterns: readonly string[],
  maxBytes: number,
): Promise<StreamInfo> {
  return manager.streams.add({
    name: streamName(part),
    subjects: patterns.map(subjectOf),
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_bytes: maxBytes,
    max_age: nanos(outboxDays * 24 * 3_600_000),
  });
}

export function encodeEvent(event: PositionedEvent): string {
  return JSON.stringify(event);
}

export function decodeEvent(data: Uint8Array): PositionedEvent {
  return JSON.parse(Buffer.from(data).toString()) as PositionedEvent;
}
