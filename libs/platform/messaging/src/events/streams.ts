import type { EventReader } from './event-reader.ts';
import type { Lease } from './lease.ts';
import type { Outbox } from './outbox.ts';
import type { Subscription } from './subscriptions.ts';

/** Sends what a part published to the other processes. */
export interface Shipper {
  /** When the oldest event occurred that could not be sent; undefined while all goes well, or another process sends. */
  readonly stuckSince: number | undefined;
  start(): void;
  poke(): void;
  stop(): Promise<void>;
}

/** What carries events between processes. */
export interface Streams {
  /** Takes the `lead` before it ships anything. Undefined: nobody hears the part. */
  shipper(
    part: string,
    outbox: Outbox,
    lead: () => Promise<Lease | undefined>,
    onError: (error: unknown) => void,
  ): Shipper | undefined;
  reader(subscription: Subscription, onNews: () => void): EventReader;
}
