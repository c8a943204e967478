import {
  connect,
  createInbox,
  headers,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';

const largestChunkBytes = 512 * 1024;
const confirmationMs = 5_000;

/** A subject of this process that messages of one exchange come to. */
export interface Route {
  readonly subject: string;
  close(): void;
}

/** A message on its way to the connection. */
interface Outgoing {
  readonly subject: string;
  readonly data: Uint8Array | undefined;
  readonly options: { headers?: MsgHdrs; reply?: string };
}

/** One connection to NATS, with a single subscription for everything that is sent to this process alone. */
export class NatsLink {
  readonly connection: NatsConnection;
  readonly #inbox: string;
  readonly #routes = new Map<string, (message: Msg) => void>();
  #next = 0;
  #outgoing: Outgoing[] = [];
  #disconnectedAt: number | undefined;

  constructor(connection: NatsConnection, inboxPrefix?: string) {
    this.connection = connection;
    this.#inbox = `${createInbox(inboxPrefix)}.`;
    connection.subscribe(`${this.#inbox}*`, { callback: (error, message) => this.#route(error, message) });
    void this.#watch();
  }

  /** Reconnects for as long as the process lives. */
  static async connect(options: NodeConnectionOptions): Promise<NatsLink> {
    const connection = await connect({
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: 5_000,
      maxPingOut: 2,
      ...options,
    });
    return new NatsLink(connection, options.inboxPrefix);
  }

  /** The largest payload sent in one message: half of what NATS takes at most, so that headers always fit. */
  get chunkBytes(): number {
    return Math.min(
      largestChunkBytes,
      Math.floor((this.connection.info?.max_payload ?? 2 * largestChunkBytes) / 2),
    );
  }

  /** How long the connection has been lost, in milliseconds; 0 while there is one. */
  get disconnectedMs(): number {
    if (this.connection.isClosed()) return Infinity;
    return this.#disconnectedAt === undefined ? 0 : performance.now() - this.#disconnectedAt;
  }

  /** Exchanges under way. */
  get openRoutes(): number {
    return this.#routes.size;
  }

  open(receive: (message: Msg) => void): Route {
    this.#next += 1;
    const token = this.#next.toString(36);
    this.#routes.set(token, receive);
    return { subject: this.#inbox + token, close: () => void this.#routes.delete(token) };
  }

  /**
   * False when the connection is closed: then nobody waits for it either. The client writes to its socket after every
   * callback, and a write is most of what a message costs; so what is sent in one turn of the event loop goes together.
   *
   * @throws RangeError when the message is larger than the broker takes: its head is
   */
  send(
    subject: string,
    data: Uint8Array | undefined,
    head: Readonly<Record<string, string>> = {},
    reply?: string,
  ): boolean {
    if (this.connection.isClosed()) return false;
    const options: { headers?: MsgHdrs; reply?: string } = reply === undefined ? {} : { reply };
    const names = Object.keys(head);
    if (names.length > 0) {
      options.headers = headers();
      for (const name of names) options.headers.set(name, head[name] ?? '');
    }
    const headBytes = names.reduce((sum, name) => sum + name.length + (head[name]?.length ?? 0) + 4, 12);
    if ((data?.length ?? 0) + headBytes > (this.connection.info?.max_payload ?? Infinity))
      throw new RangeError('The head of a message leaves no room for what NATS takes at most.');
    if (this.#outgoing.push({ subject, data, options }) === 1) setImmediate(() => this.#sendAll());
    return true;
  }

  /** Waits for something only the broker can confirm; not for long, and not at all when it cannot be reached. */
  async confirm(work: () => Promise<unknown>): Promise<void> {
    if (this.disconnectedMs > 0) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, confirmationMs);
    });
    // It rejects when the connection is lost meanwhile: then there is nothing left to wait for either.
    await Promise.race([work().catch(() => undefined), patience]);
    clearTimeout(timer);
  }

  /** Resolves when the broker has all that was sent, or is not there to have it. */
  async flush(): Promise<void> {
    this.#sendAll();
    await this.confirm(() => this.connection.flush());
  }

  /** Sends what is still to be sent and ends the connection. */
  async close(): Promise<void> {
    this.#sendAll();
    await this.confirm(() => this.connection.drain());
    await this.connection.close();
  }

  #sendAll(): void {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    try {
      for (const { subject, data, options } of outgoing) this.connection.publish(subject, data, options);
    } catch {
      // Closed, or about to be: then nobody waits for it either.
    }
  }

  #route(error: Error | null, message: Msg): void {
    if (error !== null) return;
    this.#routes.get(message.subject.slice(this.#inbox.length))?.(message);
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect') this.#disconnectedAt ??= performance.now();
      else if (type === 'reconnect') this.#disconnectedAt = undefined;
    }
  }
}
