import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { frame, FrameReader, MllpListener, type MllpEvent, type MllpListenerOptions } from '#platform/hl7v2';

/** Waits until it is so. */
export async function until(isSo: () => boolean): Promise<void> {
  const began = Date.now();
  while (!isSo()) {
    if (Date.now() - began > 20_000) throw new Error('It never came to be so.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What a test opened, and closes. */
const open: (() => Promise<void> | void)[] = [];

export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).toReversed()) await close();
}

export function closeLater(close: () => Promise<void> | void): void {
  open.push(close);
}

export interface Listening {
  readonly listener: MllpListener;
  readonly port: number;
  readonly events: MllpEvent[];
  kinds(): string[];
}

export async function listen(
  options: Partial<MllpListenerOptions> & Pick<MllpListenerOptions, 'handler'>,
): Promise<Listening> {
  const events: MllpEvent[] = [];
  const listener = new MllpListener({
    host: '127.0.0.1',
    port: 0,
    observe: (event) => events.push(event),
    ...options,
  });
  const port = await listener.listen();
  closeLater(() => listener.stop(0));
  return { listener, port, events, kinds: () => events.map(({ kind }) => kind) };
}

/** A sender that writes what bytes it likes. */
export class RawSender {
  readonly answers: string[] = [];
  readonly socket: Socket;
  /** The listener has ended its side, or both have. */
  isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    const reader = new FrameReader({ maxFrameBytes: 1_000_000 });
    socket.on('data', (piece) => {
      for (const { bytes } of reader.push(piece)) this.answers.push(Buffer.from(bytes).toString());
    });
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isClosed = true));
    socket.on('end', () => {
      this.isClosed = true;
      socket.end();
    });
    closeLater(() => void socket.destroy());
  }

  static async open(port: number): Promise<RawSender> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawSender(socket);
  }

  send(...texts: string[]): void {
    this.socket.write(Buffer.concat(texts.map((text) => frame(Buffer.from(text)))));
  }
}
