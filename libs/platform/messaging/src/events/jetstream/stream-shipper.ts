import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { Lease } from '../lease.ts';
import type { Outbox } from '../outbox.ts';
import type { PositionedEvent } from '../positioned-event.ts';
import type { Shipper } from '../streams.ts';
import { WorkLoop } from '../work-loop.ts';
import { decodeEvent, encodeEvent, makeStream, streamInfo, streamName, subjectOf } from './stream-of.ts';

export interface StreamShipperParts {
  readonly part: string;
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
  /** The event it is. */
  readonly position: number;
  /** Of the lead under which this was found out: while it is the same, nobody else ships. */
  readonly epoch: number;
}

const batch = 250;
/** How often the stream is compared with the outbox when nothing was published here. */
const lookEveryMs = 2_000;

/**
 * Copies the published events of a part into its JetStream stream, in order and without a gap.
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

  constructor(parts: StreamShipperParts) {
    this.#parts = parts;
    this.#loop = new WorkLoop(
      () => this.#ship(),
      () => lookEveryMs,
      parts.onError,
    );
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
    const news = known && (await this.#parts.outbox.read(known.position, batch));
    if (news?.length === 0) return false;
    this.#at = undefined;
    const lead = await this.#parts.lead();
    if (lead === undefined) return false;
    const from = known?.epoch === lead.epoch ? known : await this.#resume(lead.epoch);
    const events = from === known && news ? news : await this.#parts.outbox.read(from.position, batch);
    this.#at = await this.#send(from, events);
    return events.length > 0;
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
    const { part, maxBytes, outbox } = this.#parts;
    const { manager } = await this.#parts.jetstream();
    const info = (await streamInfo(manager, part)) ?? (await makeStream(manager, part, maxBytes));
    const { last_seq: sequence, messages } = info.state;
    if (messages === 0) return { created: info.created, sequence, position: 0, epoch };
    const last = await manager.streams.getMessage(streamName(part), { seq: sequence });
    if (last === null) throw new Error(`The last message of the stream of ${part} is not there.`);
    const { position, id } = decodeEvent(last.data);
    const [ours] = await outbox.read(position - 1, 1);
    if (ours?.id === id) return { created: info.created, sequence, position, epoch };
    // A stream of an outbox that is no more, or was restored to an earlier day.
    await manager.streams.delete(streamName(part));
    const made = await makeStream(manager, part, maxBytes);
    return { created: made.created, sequence: 0, position: 0, epoch };
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
    const position = events.at(-1)?.position ?? from.position;
    return { ...from, sequence: from.sequence + events.length, position };
  }
}
