import {
  AckPolicy,
  type Consumer,
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { EventReader, ReadBatch } from '../event-reader.ts';
import type { PositionedEvent } from '../positioned-event.ts';
import type { Cursor, StreamMark } from '../subscription-store.ts';
import type { Subscription } from '../subscriptions.ts';
import { decodeEvent, streamInfo, streamName, subjectOf } from './stream-of.ts';

export interface StreamReaderParts {
  readonly subscription: Subscription;
  jetstream(): Promise<{ manager: JetStreamManager; client: JetStreamClient }>;
  onNews(): void;
}

const pulledAtOnce = 250;
/** No more than this is read ahead of the listener. */
const keptInMemory = 500;
const pullForMs = 2_000;
const forgottenAfterMs = 15_000;

/**
 * Reads a part's stream from a position on, in order. What is applied is remembered in PostgreSQL alone: the consumer
 * on the server is made anew for each reader, acknowledges nothing, and so can neither redeliver out of order nor be
 * lost with anything that matters. After any irregularity reading begins again at the durable cursor.
 */
export class StreamReader implements EventReader {
  readonly #parts: StreamReaderParts;
  #reading: Reading | undefined;

  constructor(parts: StreamReaderParts) {
    this.#parts = parts;
  }

  /** Undefined while there is no stream: its publisher makes it. */
  async open(after: Cursor): Promise<number | undefined> {
    await this.close();
    const { subscription, onNews } = this.#parts;
    const { manager, client } = await this.#parts.jetstream();
    const info = await streamInfo(manager, subscription.publisher);
    if (info === undefined) return undefined;
    const { created, state } = info;
    const same = created === after.created && state.last_seq >= after.sequence;
    const from = same ? after : { position: 0, created, sequence: 0 };
    const stream = streamName(subscription.publisher);
    const made = await manager.consumers.add(stream, {
      name: `${subscription.name}-${crypto.randomUUID()}`,
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from.sequence + 1,
      filter_subjects: [...subscription.handlers.keys()].map(subjectOf),
      inactive_threshold: nanos(forgottenAfterMs),
      mem_storage: true,
      num_replicas: 1,
    });
    const consumer = await client.consumers.get(stream, made.name);
    this.#reading = new Reading(consumer, from, onNews);
    return from.position;
  }

  /** @throws when the stream was lost, or reading it was interrupted: open it again */
  async read(limit: number): Promise<ReadBatch> {
    return this.#opened().take(limit);
  }

  mark(position: number): StreamMark {
    return this.#opened().mark(position);
  }

  async close(): Promise<void> {
    const reading = this.#reading;
    this.#reading = undefined;
    await reading?.close();
  }

  #opened(): Reading {
    if (this.#reading === undefined) throw new Error('The reader of a stream is not open.');
    return this.#reading;
  }
}

/** One run through a stream, until something is not as it should be. */
class Reading {
  readonly #consumer: Consumer;
  readonly #created: string;
  readonly #onNews: () => void;
  readonly #buffer: PositionedEvent[] = [];
  #marks: { position: number; sequence: number }[];
  #through: number;
  #deliveries = 0;
  #pulled: ConsumerMessages | undefined;
  #failure: unknown;
  #closed = false;
  #roomForMore: () => void = () => {};

  constructor(consumer: Consumer, from: Cursor, onNews: () => void) {
    this.#consumer = consumer;
    this.#created = from.created;
    this.#onNews = onNews;
    this.#through = from.position;
    this.#marks = [{ position: from.position, sequence: from.sequence }];
    void this.#run();
  }

  take(limit: number): ReadBatch {
    const events = this.#buffer.splice(0, limit);
    if (events.length === 0 && this.#failure !== undefined) throw this.#failure;
    if (this.#buffer.length < keptInMemory) this.#roomForMore();
    return { events, through: this.#buffer.length === 0 ? this.#through : (events.at(-1)?.position ?? 0) };
  }

  mark(position: number): StreamMark {
    while ((this.#marks[1]?.position ?? Infinity) <= position) this.#marks.shift();
    return { created: this.#created, sequence: this.#marks[0]?.sequence ?? 0 };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#roomForMore();
    await this.#pulled?.close();
    // It would forget itself; deleting it spares the server the wait.
    void this.#consumer.delete().catch(() => undefined);
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closed) {
        if (this.#buffer.length >= keptInMemory)
          await new Promise<void>((resolve) => (this.#roomForMore = resolve));
        else await this.#pull();
      }
    } catch (error) {
      this.#failure = error;
      this.#onNews();
    }
  }

  async #pull(): Promise<void> {
    this.#pulled = await this.#consumer.fetch({ max_messages: pulledAtOnce, expires: pullForMs });
    let received = 0;
    for await (const message of this.#pulled) {
      this.#receive(message);
      received += 1;
    }
    // A server that lost the stream answers a pull with silence.
    if (received === 0 && !this.#closed) await this.#consumer.info();
  }

  #receive(message: JsMsg): void {
    this.#deliveries += 1;
    if (message.info.deliverySequence !== this.#deliveries)
      throw new Error('A message of a stream was lost on its way.');
    const event = decodeEvent(message.data);
    this.#marks.push({ position: event.position, sequence: message.seq });
    if (event.position <= this.#through) return;
    this.#through = event.position;
    this.#buffer.push(event);
    this.#onNews();
  }
}
