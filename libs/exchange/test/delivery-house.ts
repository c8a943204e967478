import { systemCaller } from '#platform/access';
import {
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  type OpenContextDatabase,
} from '#platform/database';
import { CreateRules1764300000000, RuleBook } from '#platform/rules';
import { createResourceStore, storeMigrations } from '#platform/store';
import { eventually, openHouseDatabase, type HouseDatabase } from '#platform/testing';
import { deliveryParts } from '../src/delivery-parts.ts';
import { CreateTellings1764000000000, tell, type Telling, type ToldEnd } from './telling-context.ts';

const own: Readonly<Record<string, readonly never[]>> = {
  directory: [],
  transitions: [CreateTellings1764000000000 as never],
  exchange: [...deliveryParts.migrations, CreateRules1764300000000] as never,
};

/** What is kept of a delivery. */
export interface KeptDelivery {
  readonly state: string;
  readonly attempts: number;
  readonly partner: string | null;
  readonly proof: string | null;
  readonly reason: string | null;
  readonly settled: boolean;
}

/** A database with what `directory`, `transitions` and `exchange` have in it. */
export class DeliveryHouse {
  readonly urls: Readonly<Record<string, string>>;
  readonly #open = new Map<string, OpenContextDatabase>();
  readonly #house: HouseDatabase;

  private constructor(house: HouseDatabase) {
    this.urls = Object.fromEntries(Object.keys(own).map((part) => [part, partUrl(house.url, part)]));
    this.#house = house;
  }

  static async open(): Promise<DeliveryHouse> {
    const house = await openHouseDatabase({ migrated: false });
    await provision(house.url, Object.keys(own));
    for (const [part, migrations] of Object.entries(own))
      await migrate(house.url, part, [...storeMigrations, ...migrations]);
    return new DeliveryHouse(house);
  }

  database(part: string): OpenContextDatabase {
    const known = this.#open.get(part) ?? openContextDatabase({ url: this.urls[part]!, context: part });
    this.#open.set(part, known);
    return known;
  }

  /** Writes an Endpoint of this id. */
  async endpoint(id: string, connectionType: string, address: string, status = 'active'): Promise<void> {
    const store = createResourceStore({
      database: this.database('directory'),
      types: ['Endpoint'],
      hashKey: 'for these specs only',
    });
    const system = 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type';
    const endpoint = {
      resourceType: 'Endpoint',
      id,
      status,
      connectionType: { system, code: connectionType },
      payloadType: [{ text: 'any' }],
      address,
    };
    const request = { method: 'update' as const, type: 'Endpoint', id };
    await store.write(systemCaller('directory'), request, JSON.stringify(endpoint));
  }

  /** Has a rule pack in force from the beginning. */
  async inForce(content: string): Promise<void> {
    const book = new RuleBook(this.database('exchange'));
    const { name, version } = await book.hold(content);
    await book.note({ position: 1, at: 0, name, version, until: null, state: 'settled' });
  }

  tell(telling: Telling): Promise<void> {
    return tell(this.database('transitions'), telling);
  }

  async kept(communication: string): Promise<KeptDelivery | undefined> {
    const [row] = await this.database('exchange').query<KeptDelivery>('*', {
      text: `SELECT state, attempts, partner, proof, reason, settled_at IS NOT NULL AS settled
        FROM exchange.delivery WHERE communication = $1`,
      values: [communication],
    });
    return row;
  }

  /** What is kept of it once `transitions` was told how it ended. */
  settled(communication: string): Promise<KeptDelivery> {
    return eventually(async () => {
      const kept = await this.kept(communication);
      if (kept?.settled !== true) throw new Error(`${communication} is ${JSON.stringify(kept)}`);
      return kept;
    });
  }

  /** What `transitions` was told of its ends, and as whom it was asked. */
  async told(communication: string): Promise<{ ends: readonly ToldEnd[]; askedBy: readonly string[] }> {
    const [row] = await this.database('transitions').query<{ ends: ToldEnd[]; askedBy: string[] }>('*', {
      text: 'SELECT ends, asked_by AS "askedBy" FROM telling WHERE communication = $1',
      values: [communication],
    });
    return row!;
  }

  /** What the audit of `exchange` has of whom it was about. */
  async recorded(communication: string): Promise<readonly object[]> {
    return this.database('exchange').query('*', {
      text: 'SELECT action, type, patients, client, detail FROM exchange.audit WHERE id = $1',
      values: [communication],
    });
  }

  async close(): Promise<void> {
    for (const database of this.#open.values()) await database.close();
    await this.#house.drop();
  }
}
