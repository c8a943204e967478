import type { EventReader } from './event-reader.ts';
import type { Lease } from './lease.ts';
import type { Outbox } from './outbox.ts';
import type { Subscription } from './subscriptions.ts';

/** Sends what a part published to the other processes. */
export interface Shipper {
  start(): void;
  poke(): void;
  stop(): Promise<void>;
}

/** What carries events between processes. */
export interface Streams {
  /** Takes the `lead` before it ships anything. */
  shipper(
    part: string,
    outbox: Outbox,
    lead: () => Promise<Lease | undefined>,
    onError: (error: unknown) => void,
  ): Shipper;
  reader(subscription: Subscription, onNews: () => void): EventReader;
}
