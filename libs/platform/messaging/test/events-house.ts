import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createDatabase,
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  startEmbedded,
  type EmbeddedPostgres,
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
        n bigint GENERATED ALWAYS AS IDENTITY, subscription text, id text, order_key text, order_sequence bigint)`);
    }
    async down(): Promise<void> {}
  };
}

/** A PostgreSQL with the event tables of two parts, `ward` that publishes and `letters` that hears. */
export class EventHouse {
  readonly #server: EmbeddedPostgres;
  readonly #directory: string;
  readonly #open: OpenContextDatabase[] = [];
  #url = '';

  private constructor(server: EmbeddedPostgres, directory: string) {
    this.#server = server;
    this.#directory = directory;
  }

  static async start(): Promise<EventHouse> {
    const directory = await mkdtemp(path.join(tmpdir(), 'septum-events-'));
    return new EventHouse(await startEmbedded({ dataDir: directory }), directory);
  }

  /** An empty database for one test. */
  async fresh(name: string): Promise<void> {
    this.#url = await createDatabase(this.#server.url, name);
    await provision(this.#url, ['ward', 'letters']);
    for (const part of ['ward', 'letters']) await migrate(this.#url, part, [tablesOf(part)]);
  }

  database(part: string, poolSize = 8): OpenContextDatabase {
    const database = openContextDatabase({ url: partUrl(this.#url, part), context: part, poolSize });
    this.#open.push(database);
    return database;
  }

  get serverPid(): number {
    return this.#server.pid();
  }

  async closeDatabases(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((database) => database.close()));
  }

  async stop(): Promise<void> {
    await this.closeDatabases();
    await this.#server.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
