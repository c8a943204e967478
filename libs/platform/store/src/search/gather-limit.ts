import type { ContextDatabase } from '#platform/database';

const refreshMs = 60_000;
const least = 300;
const most = 5_000;

/**
 * How many matches are worth gathering. To gather and sort costs so much a match; to walk until a page is full costs so
 * much a resource passed, and the fewer match the more are passed. Measured, they cost the same at √(8 × resources).
 */
export class GatherLimit {
  readonly #database: ContextDatabase;
  #limit = least;
  #asked = -Infinity;

  constructor(database: ContextDatabase) {
    this.#database = database;
  }

  /** Refreshed behind the searches, from PostgreSQL's own estimate of the table. */
  get(now: number): number {
    if (now - this.#asked > refreshMs) {
      this.#asked = now;
      // An estimate that cannot be had now is as good as the one before.
      void this.#refresh().catch(() => undefined);
    }
    return this.#limit;
  }

  async #refresh(): Promise<void> {
    const { schema } = this.#database;
    const [row] = await this.#database.query<{ rows: number }>('*', {
      name: `${schema}.size`,
      text: `SELECT greatest(reltuples, 0)::int8 AS rows FROM pg_class WHERE oid = '"${schema}".resource'::regclass`,
    });
    this.#limit = Math.min(most, Math.max(least, Math.round(Math.sqrt(8 * (row?.rows ?? 0)))));
  }
}
