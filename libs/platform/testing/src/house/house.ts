import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueToken, type SigningKey } from '#platform/access';
import { openContextDatabase, partUrl } from '#platform/database';
import { loadSigningKey } from '#platform/edge';
import { startNats, type NatsServer } from '../nats-server.ts';
import { eventually } from './eventually.ts';
import { FhirClient, type Json } from './fhir-client.ts';
import { openHouseDatabase, type HouseDatabase } from './house-database.ts';
import { chosenTopology, processesOf, type HouseTopology, type PlannedProcess } from './house-topology.ts';
import { runProgram, SeptumProcess } from './septum-process.ts';

export interface HouseOptions {
  /** Only for tests of a topology itself: a behaviour must not know. Default: that of SEPTUM_TEST_TOPOLOGY. */
  readonly topology?: HouseTopology;
  /** Settings for all processes, beside those that make the house. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether `stop` leaves it open for the next spec, with all that the last one had killed running again. */
  readonly staysOpen?: boolean;
}

interface ClientIdentity {
  readonly subject: string;
  readonly client: string;
}

const testClient: ClientIdentity = { subject: 'client/test', client: 'test' };

interface Resident {
  readonly plan: PlannedProcess;
  readonly process: SeptumProcess;
}

/**
 * What clients are told that they reach, in every topology: none of the processes listens there, as behind a proxy.
 */
const publicUrl = 'https://fhir.house.example';

/** In two copies, the copies end after this many requests: what a test sees must not tell. */
const requestsBeforeCopiesEnd = 5;

/** Septum as real processes on a database of its own, in one topology. */
export class House {
  readonly fhir: FhirClient;
  readonly publicUrl = publicUrl;
  readonly database: string;
  readonly #database: HouseDatabase;
  readonly #nats: NatsServer | undefined;
  readonly #folder: string;
  readonly #residents: readonly Resident[];
  readonly #tokenKey: SigningKey;
  readonly #token: string;
  readonly #staysOpen: boolean;
  #requests = 0;

  private constructor(made: {
    database: HouseDatabase;
    nats: NatsServer | undefined;
    folder: string;
    residents: readonly Resident[];
    tokenKey: SigningKey;
    token: string;
    staysOpen: boolean;
  }) {
    this.#database = made.database;
    this.#nats = made.nats;
    this.#folder = made.folder;
    this.#residents = made.residents;
    this.#tokenKey = made.tokenKey;
    this.database = made.database.url;
    this.#token = made.token;
    this.#staysOpen = made.staysOpen;
    this.fhir = this.#client(made.token);
  }

  static async open(parts: readonly string[], options: HouseOptions = {}): Promise<House> {
    const plans = processesOf(options.topology ?? chosenTopology(), parts);
    const folder = mkdtempSync(join(tmpdir(), 'septum-house-'));
    const database = await openHouseDatabase();
    const nats = plans.length > 1 ? await startNats({ jetstream: true }) : undefined;
    const environment = {
      SEPTUM_DATABASE_URL: database.url,
      SEPTUM_PUBLIC_URL: publicUrl,
      ...(nats === undefined ? {} : { SEPTUM_NATS_URL: nats.url }),
      ...options.settings,
    };
    const residents = plans.map((plan) => ({
      plan,
      process: new SeptumProcess(plan.name, folder, plan.arguments, environment),
    }));
    try {
      await Promise.all(residents.map(({ process }) => process.start()));
      const tokenKey = await loadTokenKey(database.url);
      const house = new House({
        database,
        nats,
        folder,
        residents,
        tokenKey,
        token: await administratorToken(tokenKey),
        staysOpen: options.staysOpen ?? false,
      });
      await house.untilReady();
      return house;
    } catch (error) {
      await close(residents, nats, database, folder);
      throw error;
    }
  }

  /** The URL of an edge that runs. */
  get url(): string {
    const running = this.#residents.filter(({ plan, process }) => plan.hasEdge && process.isRunning);
    return running[this.#requests % running.length]?.process.url ?? this.#residents[0]?.process.url ?? '';
  }

  /** The port on 127.0.0.1 that takes HL7 v2. */
  get mllpPort(): number {
    return this.#running('exchange')[0]?.process.mllpPort ?? 0;
  }

  /** Has resources stored under their own ids, one after another; what is refused throws, with the answer. */
  async put(...resources: readonly Json[]): Promise<void> {
    for (const resource of resources) {
      const address = `${String(resource['resourceType'])}/${String(resource['id'])}`;
      const { status, text } = await this.fhir.put(address, resource);
      if (status !== 200 && status !== 201) throw new Error(`PUT ${address} answers ${status}: ${text}`);
    }
  }

  /** What a verb of the command line tells of this house, asked by its administrator. */
  command(...words: readonly string[]): Promise<{ stdout: string; stderr: string }> {
    return runProgram([...words, '--server', this.url, '--token', this.#token]);
  }

  /** A client with a token of these scopes; confined to `patients` where given, and held by `who`. */
  async clientWith(
    scopes: readonly string[],
    patients?: readonly string[],
    who: ClientIdentity = testClient,
  ): Promise<FhirClient> {
    return this.#client(await this.tokenFor(scopes, patients, who));
  }

  /** Such a token, for another system that calls this one. */
  tokenFor(
    scopes: readonly string[],
    patients?: readonly string[],
    who: ClientIdentity = testClient,
  ): Promise<string> {
    return issueToken(this.#tokenKey, {
      ...who,
      kind: 'client',
      scopes,
      ...(patients === undefined ? {} : { patients }),
      lifetimeSeconds: 3600,
    });
  }

  /** A client of a process that runs the part; one without the edge answers health alone. */
  clientOf(part: string): FhirClient {
    return new FhirClient(() => this.#running(part)[0]?.process.url ?? '', this.#token);
  }

  /** A client without a token. */
  stranger(): FhirClient {
    return this.#client(undefined);
  }

  /** SIGKILL to every process that runs the part. */
  async kill(part: string): Promise<void> {
    await Promise.all(this.#running(part).map(({ process }) => process.kill()));
  }

  /** Starts again what does not run of the part, and waits until everything is ready. */
  async restart(part: string): Promise<void> {
    await this.#start(({ plan }) => plan.runs(part));
  }

  /** Resolves when every part answers, seen from the edge. */
  async untilReady(): Promise<void> {
    await eventually(async () => {
      const { status, body } = await this.fhir.get<{ contexts?: { part: string; state: string }[] }>(
        '/health/contexts',
      );
      const unready = body.contexts?.filter(({ state }) => state !== 'ready' && state !== 'degraded');
      if (status !== 200 || unready === undefined) throw new Error(`/health/contexts answers ${status}`);
      if (unready.length > 0)
        throw new Error(`not ready: ${unready.map(({ part, state }) => `${part} ${state}`).join(', ')}`);
    });
  }

  async stop(): Promise<void> {
    if (!this.#staysOpen) return this.close();
    await this.#start(() => true);
    this.#requests = 0;
  }

  async close(): Promise<void> {
    await close(this.#residents, this.#nats, this.#database, this.#folder);
  }

  async #start(isMeant: (resident: Resident) => boolean): Promise<void> {
    const down = this.#residents.filter((each) => isMeant(each) && !each.process.isRunning);
    await Promise.all(down.map(({ process }) => process.start()));
    await this.untilReady();
  }

  #running(part: string): Resident[] {
    return this.#residents.filter(({ plan, process }) => plan.runs(part) && process.isRunning);
  }

  #client(token: string | undefined): FhirClient {
    return new FhirClient(
      () => {
        this.#requests += 1;
        if (this.#requests === requestsBeforeCopiesEnd) this.#endCopies();
        return this.url;
      },
      token,
      publicUrl,
    );
  }

  #endCopies(): void {
    for (const { plan, process } of this.#residents) if (plan.name.endsWith('-copy')) void process.kill();
  }
}

async function loadTokenKey(bootstrapUrl: string): Promise<SigningKey> {
  const home = openContextDatabase({ url: partUrl(bootstrapUrl, 'edge'), context: 'edge', poolSize: 1 });
  try {
    return await loadSigningKey(home, 'edge', 'token');
  } finally {
    await home.close();
  }
}

function administratorToken(key: SigningKey): Promise<string> {
  return issueToken(key, {
    subject: 'client/administrator',
    kind: 'client',
    client: 'administrator',
    scopes: ['system/*.cruds'],
    lifetimeSeconds: 3600,
  });
}

async function close(
  residents: readonly Resident[],
  nats: NatsServer | undefined,
  database: HouseDatabase,
  folder: string,
): Promise<void> {
  await Promise.all(residents.map(({ process }) => process.kill('SIGTERM')));
  await nats?.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
}
