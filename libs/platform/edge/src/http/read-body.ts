import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Fault } from '#platform/fhir';

const mebibyte = 1024 * 1024;

/** In bytes. */
export const bodyLimits = {
  form: 64 * 1024,
  resource: 4 * mebibyte,
  binary: 32 * mebibyte,
  bundle: 64 * mebibyte,
} as const;

/** The most bytes that a resource of this type may have. */
export function resourceLimit(type: string): number {
  if (type === 'Bundle') return bodyLimits.bundle;
  return type === 'Binary' ? bodyLimits.binary : bodyLimits.resource;
}

/**
 * The body as text. It is read here, after the guards, and not by a parser of the HTTP server: nobody makes us hold
 * megabytes before we know who is calling. Throws `too-large`, and `malformed` when it is not UTF-8.
 */
export async function readBody(message: IncomingMessage, limitBytes: number): Promise<string> {
  if (message.headers['content-encoding'] !== undefined) {
    throw new Fault('unsupported-media', 'Send the body without Content-Encoding.');
  }
  if (Number(message.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limitBytes) throw tooLarge(limitBytes);
    chunks.push(chunk);
  }
  const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
  if (!isUtf8(body)) throw new Fault('malformed', 'The body is not valid UTF-8.');
  return body.toString('utf8');
}

function tooLarge(limitBytes: number): Fault {
  return new Fault(
    'too-large',
    `The body is larger than ${limitBytes / mebibyte} MB, the limit here. Send less at a time.`,
  );
}

/** Whether a request says that it brings a body. */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
