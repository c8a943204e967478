import type { Client } from 'pg';
import { eventually } from '#platform/testing';
import type { HouseUnderFire } from './house-under-fire.ts';

/**
 * Holds transactions at one step, from outside and without a word in the program: a table that the step needs is
 * locked, until the connection that locks it ends.
 */
export class Gate {
  readonly #client: Client;
  readonly #table: string;
  readonly #house: HouseUnderFire;

  private constructor(house: HouseUnderFire, client: Client, table: string) {
    this.#house = house;
    this.#client = client;
    this.#table = table;
  }

  static async shut(house: HouseUnderFire, table: string): Promise<Gate> {
    const client = await house.connect();
    await client.query('begin');
    await client.query(`lock table ${table} in share row exclusive mode`);
    return new Gate(house, client, table);
  }

  /** Resolves when somebody stands before it. */
  async reached(limitMs = 60_000): Promise<void> {
    await eventually(async () => {
      const waiting = await this.#house.query(
        'select from pg_locks where not granted and relation = $1::regclass',
        [this.#table],
      );
      if (waiting.length === 0) throw new Error(`Nobody came to ${this.#table}.`);
    }, limitMs);
  }

  async open(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}
