import type { Msg } from '@nats-io/transport-node';
import { Fault } from '#platform/fhir';
import type { Reply } from '../contract.ts';
import { decodeFault } from '../fault-codec.ts';
import type { OutgoingCall } from '../messenger.ts';
import { portable } from '../portable.ts';
import { deadlineFault, gaveUpFault, longestTimerMs, nobodyAnswers } from '../served-call.ts';
import { ChunkReceiver, ChunkSender } from './chunks.ts';
import type { NatsLink, Route } from './nats-link.ts';
import { cancelSubjectOf, subjectOf } from './nats-service.ts';
import { decodeFrame, header, headerOf, isNoResponders, numberOf } from './wire.ts';

/** Marks a fault that means: the process that served the call, or the way to it, is gone. */
const lost = Symbol('lost');

export function isLost(error: unknown): boolean {
  return error instanceof Fault && error.cause === lost;
}

function lostFault(pattern: string): Fault {
  return new Fault(
    'timeout',
    `The answer of ${pattern} was lost. Whether it took effect is not known; try again.`,
    {
      retryAfterSeconds: 2,
      cause: lost,
    },
  );
}

/** One attempt at one call over NATS. */
export class RemoteCall {
  readonly answer: Promise<Reply<unknown>>;
  readonly #link: NatsLink;
  readonly #call: OutgoingCall;
  readonly #route: Route;
  readonly #timer: NodeJS.Timeout;
  readonly #sender: ChunkSender;
  readonly #giveUp: () => void;
  #receiver: ChunkReceiver | undefined;
  #firstChunkBytes = 0;
  #resolve!: (reply: Reply<unknown>) => void;
  #reject!: (fault: Fault) => void;
  #onEnd: () => void = () => {};
  #heard = true;
  #silentForMs = 0;

  constructor(link: NatsLink, call: OutgoingCall, frame: Buffer, remainingMs: number) {
    this.#link = link;
    this.#call = call;
    this.#sender = new ChunkSender(link, frame);
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#route = link.open((message) => this.#receive(message));
    this.#timer = setTimeout(
      () => this.#abandon(deadlineFault(call.pattern)),
      Math.min(remainingMs, longestTimerMs),
    );
    this.#giveUp = (): void => this.#abandon(gaveUpFault(call.pattern));
    call.signal?.addEventListener('abort', this.#giveUp);
  }

  send(headers: Record<string, string>, onEnd: () => void): void {
    this.#onEnd = onEnd;
    const sized = this.#sender.done ? headers : { ...headers, [header.size]: String(this.#sender.size) };
    const sent = this.#link.send(
      subjectOf(this.#call.pattern),
      this.#sender.first,
      sized,
      this.#route.subject,
    );
    if (!sent) this.#fail(nobodyAnswers(this.#call.pattern));
  }

  /** Called every `sinceMs`: a server at work is heard of every second, so a long silence means that it is gone. */
  noteSilence(sinceMs: number, limitMs: number): void {
    this.#silentForMs = this.#heard ? 0 : this.#silentForMs + sinceMs;
    this.#heard = false;
    if (this.#silentForMs >= limitMs) this.#abandon(lostFault(this.#call.pattern));
  }

  #receive(message: Msg): void {
    this.#heard = true;
    try {
      this.#take(message);
    } catch (error) {
      this.#fail(error instanceof Fault ? error : lostFault(this.#call.pattern));
    }
  }

  #take(message: Msg): void {
    const { headers } = message;
    if (headers === undefined) this.#finish(message.data);
    else if (isNoResponders(message)) this.#fail(this.#nobody());
    else if (headerOf(headers, header.credit) !== undefined) this.#sender.grant(message, this.#route.subject);
    else if (headerOf(headers, header.working) === undefined) this.#takeChunk(message);
  }

  /** Nobody took the call, so it took no effect; or its server went away while it was being sent. */
  #nobody(): Fault {
    return this.#sender.done && this.#sender.size > this.#sender.first.length
      ? lostFault(this.#call.pattern)
      : nobodyAnswers(this.#call.pattern);
  }

  #takeChunk(message: Msg): void {
    const size = numberOf(message.headers, header.size);
    if (size !== undefined) {
      this.#receiver = new ChunkReceiver(this.#link, message, size);
      this.#firstChunkBytes = message.data.length;
    } else if (this.#receiver?.accept(message) !== true) {
      this.#abandon(lostFault(this.#call.pattern));
      return;
    }
    if (this.#receiver?.complete === true) this.#finish(this.#receiver.payload);
    else if (message.reply !== undefined)
      this.#receiver?.grant(message.reply, this.#route.subject, this.#firstChunkBytes);
  }

  #finish(data: Uint8Array): void {
    const { head, texts } = decodeFrame(data);
    if (head.fault !== undefined) {
      this.#fail(decodeFault(head.fault));
      return;
    }
    this.#end();
    this.#resolve(Object.freeze({ result: portable(head.result, `${this.#call.pattern}.result`), texts }));
  }

  #abandon(fault: Fault): void {
    this.#link.send(cancelSubjectOf(this.#call.contract.context), Buffer.from(this.#route.subject));
    this.#fail(fault);
  }

  #fail(fault: Fault): void {
    this.#end();
    this.#reject(fault);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#route.close();
    this.#call.signal?.removeEventListener('abort', this.#giveUp);
    this.#onEnd();
  }
}
