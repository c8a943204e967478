import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { startEmbedded, type EmbeddedPostgres } from '#platform/database';

/** A PostgreSQL of its own for one spec file, and nothing left of it afterwards. */
export interface TestServer {
  readonly dataDir: string;
  readonly embedded: EmbeddedPostgres;
  readonly url: string;
  /** What was logged: adoption, crash, restart. */
  readonly told: string[];
  close(): Promise<void>;
}

export async function openTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'septum-database-'));
  const told: string[] = [];
  const embedded = await startEmbedded({ dataDir, log: (message) => told.push(message) });
  return {
    dataDir,
    embedded,
    url: embedded.url,
    told,
    async close() {
      await embedded.stop();
      await rm(embedded.directory, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One session, for what a spec does behind Septum's back. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function sql(url: string, text: string): Promise<QueryResultRow[]> {
  return withClient(url, async (client) => {
    const result = await client.query<QueryResultRow>(text);
    return result.rows;
  });
}
