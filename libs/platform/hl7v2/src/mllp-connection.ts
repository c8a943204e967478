import type { Socket } from 'node:net';
import { TLSSocket, type PeerCertificate } from 'node:tls';
import { frame } from './frame.ts';
import { FrameReader, type FrameEvent, type FrameReaderOptions } from './frame-reader.ts';

/**
 * Answers a frame: with the bytes to send back, or with nothing. What it answers is sent after it resolves, so a message is
 * acknowledged only when the handler is done with it. When it rejects, the connection is closed without an answer and the
 * sender, who knows nothing, sends again.
 */
export type FrameHandler = (
  content: Uint8Array,
  connection: MllpConnection,
) => Promise<Uint8Array | undefined>;

export interface MllpConnectionOptions extends FrameReaderOptions {
  readonly handler: FrameHandler;
  /** Answers the beginning of a frame that is too large; then the connection is closed. */
  readonly refuse: FrameHandler;
  /** How many frames of a connection are handled at the same time. */
  readonly window: number;
  /** How long a connection may be silent while nothing of it is being handled. */
  readonly idleTimeoutMs: number;
  readonly observe: (event: MllpEvent) => void;
}

/** What happened to a connection; never anything out of a message. */
export interface MllpEvent {
  readonly kind:
    | 'opened'
    | 'closed'
    | 'idle'
    | 'frame-too-large'
    | 'frame-abandoned'
    | 'bytes-ignored'
    | 'handler-failed'
    | 'handshake-failed'
    | 'connection-refused'
    | 'accept-failed';
  readonly remoteAddress: string | undefined;
  /** How many frames or bytes, where that is the point. */
  readonly count?: number;
  readonly error?: unknown;
}

/** How long a connection that ends goes on reading what nobody wants: a sender that still writes would lose our last answer. */
const lingerMs = 5000;

/** One sender's connection: frames in, answers out in the order of the frames. */
export class MllpConnection {
  readonly remoteAddress: string | undefined;
  readonly #socket: Socket;
  readonly #options: MllpConnectionOptions;
  readonly #reader: FrameReader;
  /** What was read and not begun. */
  readonly #waiting: FrameEvent[] = [];
  /** Frames that were begun and not answered. */
  #inFlight = 0;
  #holds = 0;
  #isWriting = false;
  /** No more is read: the sender has ended, the listener stops, or a frame was too large. */
  #isEnding = false;
  #answers: Promise<void> = Promise.resolve();

  constructor(socket: Socket, options: MllpConnectionOptions) {
    this.remoteAddress = socket.remoteAddress;
    this.#socket = socket;
    this.#options = options;
    this.#reader = new FrameReader(options);
    socket.setTimeout(options.idleTimeoutMs);
    socket.on('data', (piece) => this.#take(piece));
    socket.on('end', () => this.#finish());
    socket.on('timeout', () => this.#idle());
    // What kind of error it was does not matter: `close` follows, and the sender has no answer.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#close());
    this.#note('opened');
  }

  /** The certificate that the sender showed over TLS; `undefined` without one. */
  get certificate(): PeerCertificate | undefined {
    if (!(this.#socket instanceof TLSSocket)) return undefined;
    const certificate = this.#socket.getPeerCertificate();
    return Object.keys(certificate).length === 0 ? undefined : certificate;
  }

  /** Stops reading until what it answers is called: for a handler that is behind. */
  hold(): () => void {
    let isHeld = true;
    this.#holds++;
    this.#proceed();
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.#proceed();
    };
  }

  /**
   * Sends what answers no frame, such as an application acknowledgement that comes later, after the answers to all frames
   * that were begun before: so a handler that waits for it waits for itself. Rejects when the connection is closed.
   */
  send(content: Uint8Array): Promise<void> {
    const framed = frame(content);
    const sent = this.#answers.then(async () => {
      if (!(await this.#write(framed)))
        throw new Error('The connection is closed. Send it over one that is opened to its receiver.');
    });
    this.#answers = sent.catch(() => undefined);
    return sent;
  }

  /** Begins no more frames, sends the answers to those that were begun, and closes. */
  end(): void {
    this.#waiting.length = 0;
    this.#finish();
  }

  #finish(): void {
    this.#isEnding = true;
    this.#proceed();
  }

  #close(): void {
    this.#isEnding = true;
    this.#waiting.length = 0;
    this.#note('closed');
  }

  #take(piece: Uint8Array): void {
    if (this.#isEnding) return;
    const { ignoredBytes, abandonedFrames } = this.#reader;
    for (const event of this.#reader.push(piece)) {
      this.#waiting.push(event);
      if (event.kind === 'too-large') this.#isEnding = true;
    }
    this.#count('bytes-ignored', this.#reader.ignoredBytes - ignoredBytes);
    this.#count('frame-abandoned', this.#reader.abandonedFrames - abandonedFrames);
    this.#proceed();
  }

  /** Begins what there is room for, and reads on, waits or closes accordingly. */
  #proceed(): void {
    while (this.#holds === 0 && this.#inFlight < this.#options.window && this.#waiting.length > 0)
      this.#begin(this.#waiting.shift()!);
    const isFull = this.#holds > 0 || this.#inFlight >= this.#options.window;
    if (!this.#isEnding && isFull) this.#socket.pause();
    else this.#socket.resume();
    const isDone = this.#isEnding && this.#inFlight === 0 && this.#waiting.length === 0;
    if (!isDone || this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), lingerMs).unref();
  }

  #begin(event: FrameEvent): void {
    this.#inFlight++;
    let answer: Promise<{ content: Uint8Array | undefined } | { error: unknown }>;
    // Its place among the answers is taken before the handler runs, which may send something that is to come after it.
    this.#answers = this.#answers.then(async () => {
      const settled = await answer;
      if ('error' in settled) this.#fail(settled.error);
      else if (settled.content) await this.#write(settled.content);
      this.#inFlight--;
      this.#proceed();
    });
    answer = this.#answerTo(event).then(
      (content) => ({ content }),
      (error: unknown) => ({ error }),
    );
  }

  async #answerTo({ kind, bytes }: FrameEvent): Promise<Uint8Array | undefined> {
    if (kind === 'too-large') this.#note('frame-too-large');
    const content = await this.#options[kind === 'frame' ? 'handler' : 'refuse'](bytes, this);
    return content && frame(content);
  }

  #fail(error: unknown): void {
    this.#options.observe({ kind: 'handler-failed', remoteAddress: this.remoteAddress, error });
    this.#socket.destroy();
  }

  /** Resolves when the frame has left, or cannot: then with false. */
  async #write(framed: Uint8Array): Promise<boolean> {
    this.#isWriting = true;
    const hasLeft = await new Promise<boolean>((resolve) => {
      if (this.#socket.destroyed) resolve(false);
      else this.#socket.write(framed, (error) => resolve(!error));
    });
    this.#isWriting = false;
    return hasLeft;
  }

  /** Silence is ours, not the sender's, while a handler works or holds; but not while nobody takes its answer. */
  #idle(): void {
    if ((this.#inFlight > 0 || this.#holds > 0) && !this.#isWriting) {
      this.#socket.setTimeout(this.#options.idleTimeoutMs);
      return;
    }
    this.#note('idle');
    this.#socket.destroy();
  }

  #count(kind: MllpEvent['kind'], count: number): void {
    if (count > 0) this.#options.observe({ kind, remoteAddress: this.remoteAddress, count });
  }

  #note(kind: MllpEvent['kind']): void {
    this.#options.observe({ kind, remoteAddress: this.remoteAddress });
  }
}
