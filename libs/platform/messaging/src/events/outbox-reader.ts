import type { EventReader, ReadBatch } from './event-reader.ts';
import type { Outbox } from './outbox.ts';
import type { PositionedEvent } from './positioned-event.ts';
import type { Cursor, StreamMark } from './subscription-store.ts';

/** More than this many events are not kept for a slow reader: it finds them in the outbox. */
const keptInMemory = 2_000;

/** Reads the outbox of a part that runs in this process. What its relay has just published needs no second query. */
export class OutboxReader implements EventReader {
  readonly #outbox: Outbox;
  #through = 0;
  #fresh: PositionedEvent[] = [];

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  async open(after: Cursor): Promise<number> {
    // A cursor ahead of the outbox is from before the outbox was made anew, or restored.
    this.#through = after.position <= (await this.#outbox.last()) ? after.position : 0;
    this.#fresh = [];
    return this.#through;
  }

  /** Takes what the relay of this process published, if it follows on what is kept or read already. */
  offer(published: readonly PositionedEvent[]): void {
    const follows = (this.#fresh.at(-1)?.position ?? this.#through) + 1;
    const fits = this.#fresh.length + published.length <= keptInMemory;
    if (published[0]?.position === follows && fits) this.#fresh.push(...published);
  }

  async read(limit: number): Promise<ReadBatch> {
    const kept = this.#fresh.splice(0, limit);
    const events = kept.length > 0 ? kept : await this.#outbox.read(this.#through, limit);
    this.#through = events.at(-1)?.position ?? this.#through;
    if (kept.length === 0) this.#forgetRead();
    return { events, through: this.#through };
  }

  mark(): StreamMark {
    return { created: '', sequence: 0 };
  }

  async close(): Promise<void> {
    this.#fresh = [];
  }

  // Offers that came during the query may repeat what the query found.
  #forgetRead(): void {
    this.#fresh = this.#fresh.filter((event) => event.position > this.#through);
    if (this.#fresh[0] !== undefined && this.#fresh[0].position !== this.#through + 1) this.#fresh = [];
  }
}
