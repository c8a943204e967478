import type { Msg, Subscription } from '@nats-io/transport-node';
import { asFault, type Fault } from '#platform/fhir';
import type { Reply } from '../contract.ts';
import { encodeFault } from '../fault-codec.ts';
import { portable } from '../portable.ts';
import { gaveUpFault, type Arrival, type ServedCall } from '../served-call.ts';
import { childTrace } from '../trace.ts';
import { ChunkReceiver, ChunkSender } from './chunks.ts';
import type { NatsLink, Route } from './nats-link.ts';
import { decodeFrame, encodeFrame, header, headerOf, isNoResponders, numberOf } from './wire.ts';

/** How often a caller hears that its call is still being served. */
const workingEveryMs = 1_000;

/** A connection that comes back sooner was hardly gone. */
const flickerMs = 1_000;

/** Serves calls, however they came in. */
interface Server {
  readonly context: string;
  serve(arrival: Arrival): ServedCall;
}

/** The NATS subject of a contract. */
export function subjectOf(pattern: string): string {
  return `septum.${pattern}`;
}

/** Where a caller tells all copies of a context that it gave a call up; the payload is the call's reply subject. */
export function cancelSubjectOf(context: string): string {
  return `septum.${context}.cancel`;
}

/** The NATS binding of one context: copies of it in other processes share its queue group. */
export class NatsService {
  readonly #link: NatsLink;
  readonly #server: Server;
  readonly #clock: () => number;
  readonly #serving = new Map<string, ServedCall>();
  readonly #transfers = new Set<Promise<void>>();
  /** How to end the transfer of a call early, by its reply subject. */
  readonly #transferring = new Map<string, () => void>();
  #subscriptions: Subscription[] = [];
  #working: NodeJS.Timeout | undefined;

  constructor(link: NatsLink, server: Server, clock: () => number) {
    this.#link = link;
    this.#server = server;
    this.#clock = clock;
  }

  /** Resolves when the server knows of the subscriptions: from then on nobody is told that nobody answers. */
  async start(patterns: readonly string[]): Promise<void> {
    const { context } = this.#server;
    const { connection } = this.#link;
    const queue = `septum.${context}`;
    this.#subscriptions = patterns.map((pattern) =>
      connection.subscribe(subjectOf(pattern), {
        queue,
        callback: (error, message) => {
          if (error === null) this.#receive(pattern, message);
        },
      }),
    );
    const cancellations = connection.subscribe(cancelSubjectOf(context), {
      callback: (error, message) => {
        if (error === null) this.#cancel(message.string());
      },
    });
    this.#subscriptions.push(cancellations);
    this.#working = setInterval(() => this.#sayWorking(), workingEveryMs).unref();
    await connection.flush();
  }

  /** Whether other processes reach it: connected, and every subscription as it was made. */
  get isHeard(): boolean {
    return (
      this.#link.disconnectedMs < flickerMs &&
      this.#subscriptions.every((subscription) => !subscription.isClosed())
    );
  }

  /** Leaves the queue groups; resolves when every call that NATS had already handed over is being served. */
  async stopListening(): Promise<void> {
    await this.#link.confirm(() =>
      Promise.all(this.#subscriptions.map((subscription) => subscription.drain())),
    );
    await Promise.all(this.#transfers);
  }

  /** Resolves when every answer is out. */
  async flush(): Promise<void> {
    await Promise.allSettled([...this.#serving.values()].map(({ answer }) => answer));
    await Promise.all(this.#transfers);
    clearInterval(this.#working);
    await this.#link.flush();
  }

  #receive(pattern: string, message: Msg): void {
    const { reply } = message;
    if (reply === undefined || reply === '') return;
    const deadline = this.#clock() + (numberOf(message.headers, header.timeout) ?? 0);
    const size = numberOf(message.headers, header.size);
    if (size === undefined) this.#serve(pattern, message, message.data, deadline, reply);
    else this.#track(this.#upload(pattern, message, size, deadline, reply));
  }

  #serve(pattern: string, message: Msg, data: Uint8Array, deadline: number, reply: string): void {
    try {
      const { head, texts } = decodeFrame(data);
      const signedCaller = headerOf(message.headers, header.caller);
      const call = this.#server.serve({
        pattern,
        // Without an envelope there is no caller, and the guard refuses.
        signedCaller: signedCaller ?? '',
        request: portable(head.request ?? {}, `${pattern}.request`),
        texts,
        deadline,
        traceparent: headerOf(message.headers, header.trace) ?? childTrace(undefined),
      });
      this.#serving.set(reply, call);
      call.answer.then(
        (answer) => this.#answer(reply, answer, deadline),
        (fault: Fault) => this.#refuse(reply, fault),
      );
    } catch (error) {
      this.#refuse(reply, asFault(error));
    }
  }

  #answer(reply: string, { result, texts }: Reply<unknown>, deadline: number): void {
    this.#serving.delete(reply);
    const frame = encodeFrame(result === undefined ? {} : { result }, texts);
    if (frame.length <= this.#link.chunkBytes) this.#link.send(reply, frame);
    else this.#track(this.#download(reply, frame, deadline));
  }

  #refuse(reply: string, fault: Fault): void {
    this.#serving.delete(reply);
    this.#link.send(reply, encodeFrame({ fault: encodeFault(fault) }, []));
  }

  async #upload(pattern: string, first: Msg, size: number, deadline: number, reply: string): Promise<void> {
    try {
      const receiver = new ChunkReceiver(this.#link, first, size);
      const received = await this.#exchange(reply, deadline, (route, end) => {
        receiver.grant(reply, route.subject, first.data.length);
        return (message) => {
          if (!receiver.accept(message)) end(false);
          else if (receiver.complete) end(true);
          else receiver.grant(reply, route.subject, first.data.length);
        };
      });
      if (received) this.#serve(pattern, first, receiver.payload, deadline, reply);
    } catch (error) {
      this.#refuse(reply, asFault(error));
    }
  }

  async #download(reply: string, frame: Buffer, deadline: number): Promise<void> {
    try {
      const sender = new ChunkSender(this.#link, frame);
      await this.#exchange(reply, deadline, (route, end) => {
        this.#link.send(reply, sender.first, { [header.size]: String(sender.size) }, route.subject);
        return (message) => {
          if (isNoResponders(message)) end(false);
          else sender.grant(message, route.subject);
          if (sender.done) end(true);
        };
      });
    } catch (error) {
      this.#refuse(reply, asFault(error));
    }
  }

  /** Opens a subject for one transfer and closes it when the transfer ended, its caller's time did, or it gave up. */
  async #exchange(
    reply: string,
    deadline: number,
    begin: (route: Route, end: (complete: boolean) => void) => (message: Msg) => void,
  ): Promise<boolean> {
    return new Promise<boolean>((resolve) => {
      let receive: ((message: Msg) => void) | undefined;
      const route = this.#link.open((message) => receive?.(message));
      const end = (complete: boolean): void => {
        clearTimeout(timer);
        this.#transferring.delete(reply);
        route.close();
        resolve(complete);
      };
      const timer = setTimeout(() => end(false), Math.max(0, deadline - this.#clock()));
      this.#transferring.set(reply, () => end(false));
      receive = begin(route, end);
    });
  }

  #track(transfer: Promise<void>): void {
    this.#transfers.add(transfer);
    void transfer.finally(() => this.#transfers.delete(transfer));
  }

  #cancel(reply: string): void {
    const call = this.#serving.get(reply);
    call?.abandon(gaveUpFault(call.contract.pattern));
    this.#transferring.get(reply)?.();
  }

  #sayWorking(): void {
    for (const reply of this.#serving.keys()) this.#link.send(reply, undefined, { [header.working]: '1' });
  }
}
