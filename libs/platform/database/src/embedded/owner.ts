import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import { own, type EmbeddedHome } from './home.ts';

/** Somebody who is alive owns the data. */
export class DataInUse extends Error {
  constructor(directory: string) {
    super(
      `A Septum already runs on the data in ${directory}. Stop it, or give this one another SEPTUM_DATA_DIR.`,
    );
  }
}

/** macOS takes 103 bytes, Linux 107. */
const longestSocketPath = 103;

/**
 * Makes this process the owner of the cluster for as long as it lives, or until it calls the answer. The owner listens
 * on a socket beside the cluster: the kernel closes it with the process however that ends, so that, other than with a
 * pid in a file, nobody who is gone is taken for alive, nor the reverse, also across containers that share a volume.
 * To be called under the start lock: of two who find a socket without a listener only one may put its own there.
 *
 * @throws DataInUse while another is the owner; nothing was touched then
 */
export async function becomeOwner(home: EmbeddedHome): Promise<() => Promise<void>> {
  const socket = ownerSocket(home.directory);
  if (await isListening(socket)) throw new DataInUse(home.directory);
  await rm(socket, { force: true });
  const server = await listen(socket);
  await own(home, socket);
  return () => new Promise((resolve) => void server.close(() => resolve()));
}

/** Beside the cluster, or, where that path is too long for a socket, at the same place of /tmp for whoever asks. */
function ownerSocket(directory: string): string {
  const beside = path.join(directory, 'owner.sock');
  if (Buffer.byteLength(beside) <= longestSocketPath) return beside;
  return `/tmp/septum-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}.sock`;
}

/** Only a socket that is not there, or has nobody behind it, is free: what cannot be told counts as somebody. */
function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ENOENT' && code !== 'ECONNREFUSED'),
    );
  });
}

function listen(socket: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((probe) => void probe.destroy());
    server.once('error', reject);
    server.listen(socket, () => resolve(server.unref()));
  });
}
