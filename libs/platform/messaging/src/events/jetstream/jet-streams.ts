import { jetstream, type JetStreamClient, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { EventReader } from '../event-reader.ts';
import type { Lease } from '../lease.ts';
import type { Outbox } from '../outbox.ts';
import type { Shipper, Streams } from '../streams.ts';
import type { Subscription } from '../subscriptions.ts';
import { StreamReader } from './stream-reader.ts';
import { StreamShipper } from './stream-shipper.ts';

export interface JetStreamsOptions {
  readonly connection: NatsConnection;
  /** The patterns that somebody in the installation hears; no others are carried. */
  readonly heard: readonly string[];
  /** The largest size of one part's stream on the server's disk; default 256 MB. Full, it waits for the days to pass. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 256 * 1024 * 1024;

/** Carries events between processes by NATS JetStream: one stream for each part that publishes. */
export class JetStreams implements Streams {
  readonly #options: JetStreamsOptions;
  #clients: Promise<{ manager: JetStreamManager; client: JetStreamClient }> | undefined;

  constructor(options: JetStreamsOptions) {
    this.#options = options;
  }

  shipper(
    part: string,
    outbox: Outbox,
    lead: () => Promise<Lease | undefined>,
    onError: (error: unknown) => void,
  ): Shipper | undefined {
    const { heard, maxBytes = defaultMaxBytes } = this.#options;
    // What several contexts hear is carried once: the server takes no subject twice.
    const patterns = [...new Set(heard)].filter((pattern) => pattern.startsWith(`${part}.`)).sort();
    if (patterns.length === 0) return undefined;
    const jetstream = () => this.#connect();
    return new StreamShipper({ part, patterns, outbox, maxBytes, lead, onError, jetstream });
  }

  reader(subscription: Subscription, onNews: () => void): EventReader {
    return new StreamReader({ subscription, onNews, jetstream: () => this.#connect() });
  }

  // Asking for the manager asks the server, which may be away at first.
  #connect(): Promise<{ manager: JetStreamManager; client: JetStreamClient }> {
    this.#clients ??= jetstreamManager(this.#options.connection).then(
      (manager) => ({ manager, client: jetstream(this.#options.connection) }),
      (error: unknown) => {
        this.#clients = undefined;
        throw error;
      },
    );
    return this.#clients;
  }
}
