import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  startEmbedded,
  type OpenContextDatabase,
} from '#platform/database';
import { CreatePartSecret1763800000500 } from '#platform/runtime';
import { storeMigrations } from '#platform/store';
import { ruleParts } from '../src/rule-parts.ts';
import { v2Parts } from '../src/v2-parts.ts';

/** The database of `exchange` on a PostgreSQL of its own, reached by a way that can be cut. */
export interface ExchangeHouse {
  readonly database: OpenContextDatabase;
  /** Nothing gets through, and what was open is broken off. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function openExchange(): Promise<ExchangeHouse> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'septum-exchange-'));
  const embedded = await startEmbedded({ dataDir });
  await provision(embedded.url, ['exchange']);
  const own = [
    CreatePartSecret1763800000500,
    ...storeMigrations,
    ...v2Parts.migrations,
    ...ruleParts.migrations,
  ];
  await migrate(embedded.url, 'exchange', own);
  const way = new Way(Number(new URL(embedded.url).port));
  const url = new URL(partUrl(embedded.url, 'exchange'));
  url.hostname = '127.0.0.1';
  url.port = String(await way.open());
  const database = openContextDatabase({ url: url.href, context: 'exchange' });
  return {
    database,
    cut: () => way.close(),
    mend: async () => void (await way.open()),
    async close() {
      await database.close();
      await way.close();
      await embedded.stop();
      await rm(embedded.directory, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Hands connections on to a port of this machine. */
class Way {
  readonly #to: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(to: number) {
    this.#to = to;
  }

  async open(): Promise<number> {
    const server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: this.#to });
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as { port: number }).port;
    return this.#port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
