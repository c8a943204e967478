import {
  createServer as createPlainServer,
  isIP,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import {
  MllpConnection,
  type FrameHandler,
  type MllpConnectionOptions,
  type MllpEvent,
} from './mllp-connection.ts';

/** TLS of a listener: certificate and key as PEM. With `clientAuthorities`, senders must show a certificate one of them signed. */
export interface MllpListenerTls {
  readonly certificate: string | Buffer;
  readonly key: string | Buffer;
  readonly clientAuthorities?: string | Buffer | readonly (string | Buffer)[];
}

export interface MllpListenerOptions extends Partial<MllpConnectionOptions> {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  readonly tls?: MllpListenerTls;
  /** Without TLS a listener off the loopback interface is refused, unless this says that it is meant. */
  readonly allowPlain?: boolean;
  readonly handler: FrameHandler;
  readonly maxConnections?: number;
}

const defaults = {
  refuse: () => Promise.resolve(undefined),
  maxFrameBytes: 32 * 1024 * 1024,
  window: 8,
  idleTimeoutMs: 300_000,
  observe: () => undefined,
} satisfies Partial<MllpConnectionOptions>;

const keepAliveMs = 30_000;
const handshakeTimeoutMs = 10_000;

/** One port that takes messages. A hospital has several, each with its own senders. */
export class MllpListener {
  readonly #options: MllpListenerOptions & MllpConnectionOptions;
  readonly #server: Server;
  readonly #connections = new Set<MllpConnection>();
  /** Those that shake hands, too. */
  readonly #sockets = new Set<Socket>();
  #isStopping = false;

  constructor(options: MllpListenerOptions) {
    this.#options = { ...defaults, ...options };
    requireProtection(options);
    const sockets = {
      allowHalfOpen: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      noDelay: true,
    };
    this.#server = options.tls
      ? createTlsServer({ ...sockets, ...tlsOptions(options.tls) }, (socket) => this.#accept(socket))
      : createPlainServer(sockets, (socket) => this.#accept(socket));
    this.#server.maxConnections = options.maxConnections ?? 100;
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('drop', (dropped) => this.#note('connection-refused', dropped?.remoteAddress));
    this.#server.on('tlsClientError', (error: Error, socket: Socket) =>
      this.#note('handshake-failed', socket.remoteAddress, error),
    );
  }

  /** Resolves with the port when it takes connections. */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#note('accept-failed', undefined, error));
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Takes no more, waits for the answers to what was begun, at most `graceMs`, and closes. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.end();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }

  #accept(socket: Socket): void {
    const connection = new MllpConnection(socket, this.#options);
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
    if (this.#isStopping) connection.end();
  }

  #note(kind: MllpEvent['kind'], remoteAddress: string | undefined, error?: unknown): void {
    this.#options.observe({ kind, remoteAddress, error });
  }
}

function tlsOptions({ certificate, key, clientAuthorities }: MllpListenerTls): TlsOptions {
  const usual = {
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: handshakeTimeoutMs,
  } as const;
  if (clientAuthorities === undefined) return usual;
  const ca = Array.isArray(clientAuthorities) ? [...clientAuthorities] : [clientAuthorities];
  return { ...usual, ca, requestCert: true, rejectUnauthorized: true };
}

/** Patients' data does not cross a network in the clear by accident. */
export function requireProtection(options: {
  readonly host: string;
  readonly tls?: object;
  readonly allowPlain?: boolean;
}): void {
  if (options.tls || options.allowPlain === true || isLoopback(options.host)) return;
  throw new Error(
    `MLLP on ${options.host} would be in the clear. Give it a certificate, keep it on 127.0.0.1, or allow plain connections expressly.`,
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
