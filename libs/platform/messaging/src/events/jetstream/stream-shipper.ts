import { isDeepStrictEqual } from 'node:util';
import type { JetStreamClient, JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { Lease } from '../lease.ts';
import type { Outbox } from '../outbox.ts';
import type { PositionedEvent } from '../positioned-event.ts';
import type { Shipper } from '../streams.ts';
import { WorkLoop } from '../work-loop.ts';
import { decodeEvent, encodeEvent, makeStream, streamInfo, streamName, subjectOf } from './stream-of.ts';

export interface StreamShipperParts {
  readonly part: string;
  /** What is shipped, sorted. */
  readonly patterns: readonly string[];
  readonly outbox: Outbox;
  readonly maxBytes: number;
  jetstream(): Promise<{ manager: JetStreamManager; client: JetStreamClient }>;
  /** The right to ship; undefined while another process has it. */
  lead(): Promise<Lease | undefined>;
  onError(error: unknown): void;
}

/** How far a stream is. */
interface Shipped {
  readonly created: string;
  /** The stream's own sequence of its last message. */
  readonly sequence: number;
  /** All up to here is shipped, or nobody hears it. */
  readonly position: number;
  /** Of the lead under which this was found out: while it is the same, nobody else ships. */
  readonly epoch: number;
}

const batch = 250;
/** How often the stream is compared with the outbox when nothing was published here. */
const lookEveryMs = 2_000;

/**
 * Copies the published events of a part that somebody hears into its JetStream stream, in order and without a gap.
 *
 * How far the copy is, the stream itself says: by its last message. So a stream that was lost, wholly or at its end,
 * is filled again from the outbox with nothing to remember. Each message names the sequence that must be the last
 * before it, so neither a lost message of a batch nor a second shipper can leave a gap or change the order.
 *
 * Every copy of the part looks; only the one that leads ships.
 */
export class StreamShipper implements Shipper {
  readonly #parts: StreamShipperParts;
  readonly #loop: WorkLoop;
  #at: Shipped | undefined;
  #looked = 0;
  #stuckSince: number | undefined;

  constructor(parts: StreamShipperParts) {
    this.#parts = parts;
    this.#loop = new WorkLoop(
      () => this.#ship(),
      () => lookEveryMs,
      parts.onError,
    );
  }

  get stuckSince(): number | undefined {
    return this.#stuckSince;
  }

  start(): void {
    this.#loop.start();
  }

  poke(): void {
    this.#loop.poke();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #ship(): Promise<boolean> {
    await this.#look();
    const known = this.#at;
    const news = known && (await this.#newsAfter(known.position));
    if (known && news?.events.length === 0) {
      this.#at = { ...known, position: news.through };
      return false;
    }
    this.#at = undefined;
    const lead = await this.#parts.lead();
    if (lead === undefined) {
      this.#stuckSince = undefined;
      return false;
    }
    const from = known?.epoch === lead.epoch ? known : await this.#resume(lead.epoch);
    const { events, through } = from === known && news ? news : await this.#newsAfter(from.position);
    this.#stuckSince ??= events[0]?.occurredAt;
    this.#at = { ...(await this.#send(from, events)), position: through };
    this.#stuckSince = undefined;
    return events.length > 0;
  }

  /** The next events to ship; all up to `through` are among them or heard by nobody. */
  async #newsAfter(position: number): Promise<{ events: readonly PositionedEvent[]; through: number }> {
    const { outbox, patterns } = this.#parts;
    // Asked first: what is published in between is not passed over.
    const last = await outbox.last();
    const events = await outbox.read(position, batch, patterns);
    const lastRead = events.at(-1)?.position ?? position;
    return { events, through: events.length === batch ? lastRead : Math.max(last, lastRead) };
  }

  // The server may have lost the stream, or its end, and be none the wiser.
  async #look(): Promise<void> {
    const now = performance.now();
    if (this.#at === undefined || now - this.#looked < lookEveryMs) return;
    this.#looked = now;
    const { manager } = await this.#parts.jetstream();
    const info = await streamInfo(manager, this.#parts.part);
    const same = info?.created === this.#at.created && info.state.last_seq === this.#at.sequence;
    if (!same) this.#at = undefined;
  }

  async #resume(epoch: number): Promise<Shipped> {
    const { part, outbox } = this.#parts;
    const { manager } = await this.#parts.jetstream();
    const info = await streamInfo(manager, part);
    if (info === undefined) return this.#begin(manager, epoch);
    // A version that hears more, or less, fills the stream anew: who is new hears all that the outbox holds.
    if (!isDeepStrictEqual(info.config.subjects, this.#parts.patterns.map(subjectOf)))
      return this.#begin(manager, epoch, info);
    const { last_seq: sequence, messages } = info.state;
    if (messages === 0) return { created: info.created, sequence, position: 0, epoch };
    const last = await manager.streams.getMessage(streamName(part), { seq: sequence });
    if (last === null) throw new Error(`The last message of the stream of ${part} is not there.`);
    const { position, id } = decodeEvent(last.data);
    const [ours] = await outbox.read(position - 1, 1);
    if (ours?.id === id) return { created: info.created, sequence, position, epoch };
    // A stream of an outbox that is no more, or was restored to an earlier day.
    return this.#begin(manager, epoch, info);
  }

  async #begin(manager: JetStreamManager, epoch: number, instead?: StreamInfo): Promise<Shipped> {
    const { part, patterns, maxBytes } = this.#parts;
    if (instead !== undefined) await manager.streams.delete(instead.config.name);
    const { created, state } = await makeStream(manager, part, patterns, maxBytes);
    return { created, sequence: state.last_seq, position: 0, epoch };
  }

  async #send(from: Shipped, events: readonly PositionedEvent[]): Promise<Shipped> {
    const { client } = await this.#parts.jetstream();
    const sent = events.map(async (event, n) => {
      const lastSequence = from.sequence + n;
      const answer = await client.publish(subjectOf(event.pattern), encodeEvent(event), {
        msgID: event.id,
        expect: { streamName: streamName(this.#parts.part), lastSequence },
        timeout: 5_000,
      });
      if (answer.seq !== lastSequence + 1)
        throw new Error(`The stream of ${this.#parts.part} took another order.`);
    });
    const failed = (await Promise.allSettled(sent)).find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return { ...from, sequence: from.sequence + events.length };
  }
}
