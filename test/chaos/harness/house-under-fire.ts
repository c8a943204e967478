import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { issueToken } from '#platform/access';
import { openContextDatabase, partUrl, startEmbedded } from '#platform/database';
import { loadSigningKey } from '#platform/edge';
import { eventually, SeptumProcess, startNats, type NatsServer } from '#platform/testing';

/** One process of Septum in the house. */
export interface Resident {
  readonly name: string;
  /** Of `septum serve`. */
  readonly arguments: readonly string[];
  readonly hasEdge: boolean;
}

export const whole: Resident = { name: 'septum', arguments: [], hasEdge: true };
export const rest: Resident = { name: 'rest', arguments: ['--except', 'medications'], hasEdge: true };
export const medications: Resident = {
  name: 'medications',
  arguments: ['--only', 'medications'],
  hasEdge: false,
};

/** The house's own servers, by the names the nemesis knows them by. */
export const servers = ['postgres', 'nats'] as const;

type EmbeddedPostgres = Awaited<ReturnType<typeof startEmbedded>>;

interface Parts {
  readonly folder: string;
  readonly postgres: EmbeddedPostgres;
  readonly nats: NatsServer;
  readonly residents: ReadonlyMap<string, { readonly plan: Resident; readonly process: SeptumProcess }>;
}

/**
 * Septum as real processes on a PostgreSQL and a NATS server of its own, all of which can be killed. A process that was
 * killed is started again by {@link revive}; PostgreSQL is watched, and comes back by itself.
 */
export class HouseUnderFire {
  readonly token: string;
  readonly #folder: string;
  readonly #postgres: EmbeddedPostgres;
  readonly #residents: Parts['residents'];
  #nats: NatsServer | undefined;
  readonly #natsPort: number;
  #turn = 0;

  private constructor({ folder, postgres, nats, residents }: Parts, token: string) {
    this.#folder = folder;
    this.#postgres = postgres;
    this.#nats = nats;
    this.#natsPort = nats.port;
    this.#residents = residents;
    this.token = token;
  }

  /** The first resident starts alone, because it makes the tables of all. */
  static async open(
    plans: readonly Resident[],
    settings: Readonly<Record<string, string>> = {},
  ): Promise<HouseUnderFire> {
    const folder = mkdtempSync(join(tmpdir(), 'septum-fire-'));
    const postgres = await startEmbedded({ dataDir: join(folder, 'database') });
    const nats = await startNats({ jetstream: true, dir: join(folder, 'nats') });
    const environment = { SEPTUM_DATABASE_URL: postgres.url, SEPTUM_NATS_URL: nats.url, ...settings };
    const residents = new Map(
      plans.map((plan) => {
        const process = new SeptumProcess(plan.name, folder, plan.arguments, environment);
        return [plan.name, { plan, process }];
      }),
    );
    const parts = { folder, postgres, nats, residents };
    try {
      const [first, ...others] = [...residents.values()];
      await first!.process.start();
      await Promise.all(others.map(({ process }) => process.start()));
      return new HouseUnderFire(parts, await administratorToken(postgres.url));
    } catch (error) {
      await close(parts, nats);
      throw error;
    }
  }

  /** Of an edge that runs, another one each time; of any when none does. */
  edgeUrl(): string {
    const edges = [...this.#residents.values()].filter(({ plan }) => plan.hasEdge);
    const running = edges.filter(({ process }) => process.isRunning);
    const choice = running.length > 0 ? running : edges;
    return choice[this.#turn++ % choice.length]!.process.url;
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(name: string): Promise<void> {
    if (name === 'postgres') return killAndWait(this.#postgres.pid());
    if (name === 'nats') {
      await this.#nats?.kill();
      this.#nats = undefined;
      return;
    }
    await this.#process(name).kill();
  }

  /** SIGSTOP: it holds its connections, and says nothing more. SIGKILL ends it all the same. */
  freeze(name: string): void {
    process.kill(this.#process(name).pid, 'SIGSTOP');
  }

  thaw(name: string): void {
    process.kill(this.#process(name).pid, 'SIGCONT');
  }

  /** Starts it again, as a supervisor would: until it stays up. Resolves when it says it is ready. */
  async revive(name: string): Promise<void> {
    if (name === 'postgres') return void (await eventually(() => this.query('select 1')));
    if (name === 'nats') {
      this.#nats ??= await startNats({ jetstream: true, dir: this.#natsFolder, port: this.#natsPort });
      return;
    }
    const process = this.#process(name);
    await eventually(async () => {
      if (!process.isRunning) await process.start();
    });
  }

  /** Where a process takes HL7 v2. */
  mllpPort(name: string): number {
    return this.#process(name).mllpPort;
  }

  isRunning(name: string): boolean {
    return this.#process(name).isRunning;
  }

  get natsUrl(): string {
    return `nats://127.0.0.1:${this.#natsPort}`;
  }

  /** Deletes all streams. NATS must not run. */
  deleteNatsStorage(): void {
    if (this.#nats !== undefined) throw new Error('Kill NATS before its storage is deleted.');
    rmSync(join(this.#natsFolder, 'streams'), { recursive: true, force: true });
  }

  /** SQL as the administrator, who sees every row. For looking at the state, and for holding a table still. */
  async query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = await this.connect();
    try {
      return (await client.query(text, [...values])).rows as Row[];
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** A connection of the administrator; the caller ends it. */
  async connect(): Promise<Client> {
    const client = new Client({ connectionString: this.#postgres.url, connectionTimeoutMillis: 5_000 });
    // The server may be killed under it: what waits for an answer is told by its own promise.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** What a process wrote last, for the message of a test that failed. */
  logs(): string {
    return [...this.#residents.values()]
      .map(({ plan, process }) => `${plan.name}:\n${process.log()}`)
      .join('\n');
  }

  async stop(): Promise<void> {
    const parts = { folder: this.#folder, postgres: this.#postgres, residents: this.#residents };
    await close(parts, this.#nats);
  }

  get #natsFolder(): string {
    return join(this.#folder, 'nats');
  }

  #process(name: string): SeptumProcess {
    const resident = this.#residents.get(name);
    if (resident === undefined) throw new Error(`There is no process ${name} in this house.`);
    return resident.process;
  }
}

/** Whom the postmaster leaves behind ends by itself when it notices. */
async function killAndWait(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  for (let attempt = 0; attempt < 200 && exists(pid); attempt += 1) await sleep(10);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function administratorToken(bootstrapUrl: string): Promise<string> {
  const home = openContextDatabase({ url: partUrl(bootstrapUrl, 'edge'), context: 'edge', poolSize: 1 });
  try {
    return await issueToken(await loadSigningKey(home, 'edge', 'token'), {
      subject: 'client/chaos',
      kind: 'client',
      client: 'chaos',
      scopes: ['system/*.cruds'],
      lifetimeSeconds: 4 * 3600,
    });
  } finally {
    await home.close();
  }
}

async function close(parts: Omit<Parts, 'nats'>, nats: NatsServer | undefined): Promise<void> {
  await Promise.all([...parts.residents.values()].map(({ process }) => process.kill()));
  await nats?.kill();
  await parts.postgres.stop();
  rmSync(parts.postgres.directory, { recursive: true, force: true });
  rmSync(parts.folder, { recursive: true, force: true });
}
