import type { Msg } from '@nats-io/transport-node';
import { Fault } from '#platform/fhir';
import type { NatsLink } from './nats-link.ts';
import { header, numberOf } from './wire.ts';

/** Chunks under way at the same time, per message. */
const windowChunks = 8;
/** The largest Bundle is 64 MB; what a context answers to it stays within this too. */
const largestMessageBytes = 256 * 1024 * 1024;

/** Sends a payload chunk by chunk, never more than its receiver has granted. The first chunk goes with the message itself. */
export class ChunkSender {
  readonly #link: NatsLink;
  readonly #payload: Buffer;
  readonly #chunkBytes: number;
  #offset: number;

  constructor(link: NatsLink, payload: Buffer) {
    if (payload.length > largestMessageBytes) {
      throw new Fault(
        'too-large',
        'What was asked for, or sent, is larger than 256 MB. Ask for less, or send it in parts.',
      );
    }
    this.#link = link;
    this.#payload = payload;
    this.#chunkBytes = link.chunkBytes;
    this.#offset = Math.min(payload.length, this.#chunkBytes);
  }

  get first(): Buffer {
    return this.#payload.subarray(0, this.#chunkBytes);
  }

  get done(): boolean {
    return this.#offset >= this.#payload.length;
  }

  get size(): number {
    return this.#payload.length;
  }

  /** `message` is the receiver's grant; it says where it wants the chunks. */
  grant(message: Msg, ownSubject: string): void {
    let credit = numberOf(message.headers, header.credit) ?? 0;
    for (; credit > 0 && !this.done && message.reply !== undefined; credit -= 1) {
      const chunk = this.#payload.subarray(this.#offset, this.#offset + this.#chunkBytes);
      this.#link.send(message.reply, chunk, { [header.offset]: String(this.#offset) }, ownSubject);
      this.#offset += chunk.length;
    }
  }
}

/** Puts a payload together again, granting a chunk for every one that arrived. */
export class ChunkReceiver {
  readonly #link: NatsLink;
  readonly #payload: Buffer;
  #received = 0;
  #granted = 0;

  constructor(link: NatsLink, first: Msg, size: number) {
    if (!Number.isSafeInteger(size) || size < first.data.length || size > largestMessageBytes) {
      throw new Fault(
        'too-large',
        'A message between two parts of Septum is larger than 256 MB. Send it in parts.',
      );
    }
    this.#link = link;
    this.#payload = Buffer.allocUnsafe(size);
    this.#append(first);
  }

  get complete(): boolean {
    return this.#received === this.#payload.length;
  }

  get payload(): Buffer {
    return this.#payload;
  }

  /** False when a chunk is missing: the connection was lost meanwhile, and so is the message. */
  accept(message: Msg): boolean {
    if (numberOf(message.headers, header.offset) !== this.#received) return false;
    if (this.#received + message.data.length > this.#payload.length) return false;
    this.#append(message);
    return true;
  }

  /** Grants what the window has room for to the sender, who listens on `subject`. */
  grant(subject: string, ownSubject: string, chunkBytes: number): void {
    const outstanding = Math.ceil((this.#payload.length - this.#received) / chunkBytes);
    const credit = Math.min(windowChunks, outstanding) - this.#granted;
    if (credit <= 0) return;
    this.#granted += credit;
    this.#link.send(subject, undefined, { [header.credit]: String(credit) }, ownSubject);
  }

  #append(message: Msg): void {
    this.#payload.set(message.data, this.#received);
    this.#received += message.data.length;
    if (this.#granted > 0) this.#granted -= 1;
  }
}
