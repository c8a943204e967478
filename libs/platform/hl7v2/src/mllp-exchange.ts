import type { Socket } from 'node:net';
import { characterSet } from './character-sets.ts';
import { frame } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { Hl7Fault } from './hl7-fault.ts';
import type { Message } from './message.ts';
import { readMessage } from './read-message.ts';
import { unlessAborted } from './turns.ts';

/** What a receiver said of a message. That there is one does not mean that it is content: `code` is `AA` or `CA` when it is. */
export interface Acknowledgement {
  /** MSA-1. */
  readonly code: string;
  readonly message: Message;
}

/** A message for which no acknowledgement came. */
export class MllpError extends Error {
  /** Whether any of it was sent: then the receiver may have it, and must be sent the same bytes again, to know them. */
  readonly wasSent: boolean;

  constructor(message: string, wasSent: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MllpError';
    this.wasSent = wasSent;
  }
}

interface Waiting {
  readonly resolve: (acknowledgement: Acknowledgement) => void;
  readonly reject: (error: MllpError) => void;
}

/** Of an acknowledgement without MSH-18: it never fails, and what matters of one is ASCII. */
const anyBytes = characterSet(['8859/1']);
const maxAcknowledgementBytes = 1024 * 1024;

/** One open connection to a receiver, and the messages on it that wait for their acknowledgement. */
export class MllpExchange {
  readonly #socket: Socket;
  readonly #reader = new FrameReader({ maxFrameBytes: maxAcknowledgementBytes, lenientEnd: true });
  readonly #waiting = new Map<string, Waiting>();
  readonly #unmatched: (content: Uint8Array) => void;

  constructor(socket: Socket, unmatched: (content: Uint8Array) => void) {
    this.#socket = socket;
    this.#unmatched = unmatched;
    socket.on('data', (piece) => this.#take(piece));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#lose());
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** Sends a message and waits for its acknowledgement; rejects with `MllpError` when the connection ends before. */
  async send(content: Uint8Array, controlId: string, signal: AbortSignal): Promise<Acknowledgement> {
    if (this.#waiting.has(controlId))
      throw new MllpError('A message with this control id is under way. Give each its own MSH-10.', false);
    if (!this.isOpen) throw new MllpError('The connection has just ended. Send it again.', false);
    const framed = frame(content);
    return unlessAborted(signal, (resolve, reject) => {
      this.#waiting.set(controlId, { resolve, reject });
      this.#socket.write(framed);
      return () => this.#waiting.delete(controlId);
    });
  }

  /** Closes at once; what waits is rejected. */
  close(): void {
    this.#socket.destroy();
    this.#lose();
  }

  #take(piece: Uint8Array): void {
    for (const { kind, bytes } of this.#reader.push(piece)) {
      if (kind === 'too-large') return this.close();
      const message = readAcknowledgement(bytes);
      const controlId = message?.at('MSA-2') ?? '';
      const code = message?.at('MSA-1');
      const waiting = this.#waiting.get(controlId);
      if (!message || !waiting || code === undefined) {
        this.#unmatched(bytes);
        continue;
      }
      this.#waiting.delete(controlId);
      waiting.resolve({ code, message });
    }
  }

  #lose(): void {
    for (const { reject } of this.#waiting.values())
      reject(
        new MllpError(
          'The connection ended before the acknowledgement came. Send the same bytes again.',
          true,
        ),
      );
    this.#waiting.clear();
  }
}

function readAcknowledgement(content: Uint8Array): Message | undefined {
  try {
    return readMessage(content, anyBytes).message;
  } catch (error) {
    if (error instanceof Hl7Fault) return undefined;
    throw error;
  }
}
