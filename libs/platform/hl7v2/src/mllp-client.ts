import { connect as connectPlain, isIP, Socket, type LookupFunction } from 'node:net';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { MllpError, MllpExchange, type Acknowledgement } from './mllp-exchange.ts';
import { requireProtection } from './mllp-listener.ts';
import { Turns, unlessAborted } from './turns.ts';

/** TLS towards a receiver, all of it PEM. */
export interface MllpClientTls {
  /** Who may have signed the receiver's certificate; Node's own list unless given. */
  readonly authorities?: string | Buffer;
  /** What we show when asked. */
  readonly certificate?: string | Buffer;
  readonly key?: string | Buffer;
}

export interface MllpClientOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: MllpClientTls;
  /** Finds the addresses of the host; Node's own unless given. */
  readonly lookup?: LookupFunction;
  /** Without TLS a receiver off the loopback interface is refused, unless this says that it is meant. */
  readonly allowPlain?: boolean;
  /** How many messages may wait for an acknowledgement; with 1 the receiver gets them strictly in order. */
  readonly window?: number;
  /** From a message's turn to its acknowledgement, connecting included. */
  readonly timeoutMs?: number;
  /** The pause after the first failure to connect; it doubles with each, up to the most, and is shortened at random by up to half. */
  readonly backOff?: { readonly firstMs: number; readonly mostMs: number };
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Gets what acknowledges nothing that waits, such as an application acknowledgement that comes later. */
  readonly unmatched?: (content: Uint8Array) => void;
}

const keepAliveMs = 30_000;
const connectTimeoutMs = 10_000;
const askReceiver = 'Send the same bytes again, and see whether the receiver is well.';
const askNetwork = 'Look at its address, its certificate, and the network to it.';

/**
 * Sends messages to one receiver, over one connection that is opened when it is needed and again when it broke. A message
 * is tried once: whether and when to send it again is for the queue that keeps it.
 */
export class MllpClient {
  readonly #options: MllpClientOptions;
  readonly #turns: Turns;
  readonly #sending = new Set<AbortController>();
  #isClosed = false;
  #exchange: MllpExchange | undefined;
  #connecting: Promise<void> | undefined;
  #failures = 0;
  /** Why connecting failed, since it last succeeded. */
  #connectError: unknown;

  constructor(options: MllpClientOptions) {
    requireProtection(options);
    this.#options = options;
    this.#turns = new Turns(options.window ?? 1);
  }

  /**
   * Sends a message and resolves with its acknowledgement, the one whose MSA-2 is `controlId`. Rejects with `MllpError` when
   * none came, or with the signal's reason; a message that was cancelled after it was sent may have arrived.
   */
  async send(content: Uint8Array, controlId: string, signal?: AbortSignal): Promise<Acknowledgement> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw closedError(false);
    const stop = new AbortController();
    const cancel = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', cancel);
    this.#sending.add(stop);
    try {
      const leave = await this.#turns.take(stop.signal);
      return await this.#sendNow(content, controlId, stop).finally(leave);
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#sending.delete(stop);
    }
  }

  /** Closes the connection; what waits is rejected. */
  close(): void {
    this.#isClosed = true;
    for (const stop of this.#sending) stop.abort(closedError(true));
    this.#exchange?.close();
  }

  async #sendNow(content: Uint8Array, controlId: string, stop: AbortController): Promise<Acknowledgement> {
    let exchange: MllpExchange | undefined;
    const timer = setTimeout(() => {
      stop.abort(
        exchange === undefined
          ? new MllpError(`The receiver was not reached in time. ${askNetwork}`, false, this.#connectError)
          : new MllpError(`No acknowledgement came in time. ${askReceiver}`, true),
      );
      // Whoever does not answer may be gone without a word: the next message gets a new connection.
      exchange?.close();
    }, this.#options.timeoutMs ?? 30_000);
    try {
      exchange = await this.#connected(stop.signal);
      return await exchange.send(content, controlId, stop.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The open connection, or a new one: tried until the signal comes, for all who wait together. */
  async #connected(stop: AbortSignal): Promise<MllpExchange> {
    for (;;) {
      stop.throwIfAborted();
      if (this.#exchange?.isOpen) return this.#exchange;
      this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
      const connecting = this.#connecting;
      await unlessAborted<void>(stop, (resolve) => {
        void connecting.then(resolve);
        return () => undefined;
      });
    }
  }

  /** Tries once, after the pause that the failures before it ask for. */
  async #connect(): Promise<void> {
    await setTimeoutPromise(this.#pauseMs(), undefined, { ref: false });
    if (this.#isClosed) return;
    const opened = await openSocket(this.#options);
    const isOpen = opened instanceof Socket;
    this.#failures = isOpen ? 0 : this.#failures + 1;
    this.#connectError = isOpen ? undefined : opened;
    if (isOpen) this.#exchange = new MllpExchange(opened, this.#options.unmatched ?? (() => undefined));
    if (this.#isClosed) this.#exchange?.close();
  }

  #pauseMs(): number {
    if (this.#failures === 0) return 0;
    const { firstMs, mostMs } = this.#options.backOff ?? { firstMs: 500, mostMs: 30_000 };
    const { random = Math.random } = this.#options;
    return Math.min(mostMs, firstMs * 2 ** (this.#failures - 1)) * (1 - random() / 2);
  }
}

function closedError(wasSent: boolean): MllpError {
  return new MllpError('The client is closed. Send by a new one.', wasSent);
}

/** A connected socket, or why there is none to be had. */
function openSocket({ host, port, tls, lookup }: MllpClientOptions): Promise<Socket | Error | undefined> {
  const target = {
    host,
    port,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    noDelay: true,
    ...(lookup === undefined ? {} : { lookup }),
  };
  const socket = tls
    ? connectTls({
        ...target,
        minVersion: 'TLSv1.2',
        ca: tls.authorities,
        cert: tls.certificate,
        key: tls.key,
        servername: isIP(host) === 0 ? host : '',
      })
    : connectPlain(target);
  return new Promise((resolve) => {
    const fail = (error?: Error) => {
      socket.destroy();
      resolve(error);
    };
    const late = () => fail();
    socket.setTimeout(connectTimeoutMs, late);
    socket.once('error', fail);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      socket.setTimeout(0);
      socket.off('timeout', late);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
