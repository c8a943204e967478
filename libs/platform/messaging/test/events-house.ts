import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createDatabase,
  dropDatabase,
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  startEmbedded,
  type OpenContextDatabase,
} from '#platform/database';
import { eventTablesSql } from '#platform/messaging';

interface Runner {
  query(sql: string): Promise<unknown>;
}

function tablesOf(schema: string) {
  return class EventTables1763800000001 {
    name = 'EventTables1763800000001';
    async up(runner: Runner): Promise<void> {
      await runner.query(eventTablesSql(schema));
      await runner.query(`CREATE TABLE ${schema}.effect (
        n bigint GENERATED ALWAYS AS IDENTITY, subscription text, id text, order_key text, order_sequence bigint,
        applied_at timestamptz DEFAULT clock_timestamp())`);
    }
    async down(): Promise<void> {}
  };
}

/** Databases with the event tables of two parts, `ward` that publishes and `letters` that hears; on the run's server, else on one of its own. */
export class EventHouse {
  readonly #serverUrl: string;
  readonly #stopServer: () => Promise<void>;
  readonly #open: OpenContextDatabase[] = [];
  readonly #made: string[] = [];
  #url = '';

  private constructor(serverUrl: string, stopServer: () => Promise<void>) {
    this.#serverUrl = serverUrl;
    this.#stopServer = stopServer;
  }

  static async start(): Promise<EventHouse> {
    const given = process.env['SEPTUM_TEST_DATABASE_URL'];
    if (given !== undefined) return new EventHouse(given, async () => {});
    const directory = await mkdtemp(path.join(tmpdir(), 'septum-events-'));
    const server = await startEmbedded({ dataDir: directory });
    return new EventHouse(server.url, async () => {
      await server.stop();
      await rm(server.directory, { recursive: true, force: true });
      await rm(directory, { recursive: true, force: true });
    });
  }

  /** An empty database for one test. */
  async fresh(): Promise<void> {
    const name = `events_${randomUUID().replaceAll('-', '')}`;
    this.#url = await createDatabase(this.#serverUrl, name);
    this.#made.push(name);
    await provision(this.#url, ['ward', 'letters']);
    for (const part of ['ward', 'letters']) await migrate(this.#url, part, [tablesOf(part)]);
  }

  database(part: string, poolSize = 8): OpenContextDatabase {
    const database = openContextDatabase({ url: this.urlOf(part), context: part, poolSize });
    this.#open.push(database);
    return database;
  }

  urlOf(part: string): string {
    return partUrl(this.#url, part);
  }

  async closeDatabases(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((database) => database.close()));
  }

  async stop(): Promise<void> {
    await this.closeDatabases();
    for (const name of this.#made) await dropDatabase(this.#serverUrl, name);
    await this.#stopServer();
  }
}
