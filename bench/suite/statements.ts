import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/**
 * Counts what clients send to PostgreSQL, by pg_stat_statements, which must be loaded: top-level statements, `BEGIN` and
 * the like included; what a function does inside is not counted. Off but while it counts, so that it costs nothing.
 * https://www.postgresql.org/docs/18/pgstatstatements.html
 */
export class StatementCounter {
  readonly #clients: readonly Client[];
  /** What the house sends while nobody asks, each second. */
  #idlePerSecond = 0;

  private constructor(clients: readonly Client[]) {
    this.#clients = clients;
  }

  /** `urls`: of an administrator, one for each database. */
  static async open(urls: readonly string[]): Promise<StatementCounter> {
    const clients = urls.map((connectionString) => new Client({ connectionString }));
    const counter = new StatementCounter(clients);
    for (const client of clients) {
      await client.connect();
      await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    }
    await counter.#track('none');
    return counter;
  }

  /** To be called while nobody asks: later counts leave out what the house sends by itself. */
  async learnIdle(seconds = 3): Promise<void> {
    this.#idlePerSecond = (await this.#count(() => sleep(seconds * 1000))).calls / seconds;
  }

  /** Statements for each of the units of work that `work` says it has done. */
  async each(work: () => Promise<{ readonly units: number }>): Promise<number> {
    const { calls, seconds, result } = await this.#count(work);
    return statementsEach(calls, this.#idlePerSecond * seconds, result.units);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.end();
  }

  async #count<T>(work: () => Promise<T>): Promise<{ calls: number; seconds: number; result: T }> {
    await this.#track('top');
    for (const client of this.#clients) await client.query('SELECT pg_stat_statements_reset()');
    const began = performance.now();
    const result = await work();
    const seconds = (performance.now() - began) / 1000;
    let calls = 0;
    for (const client of this.#clients) {
      const own = `SELECT coalesce(sum(calls), 0)::float8 AS calls FROM pg_stat_statements
        WHERE userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)`;
      calls += (await client.query<{ calls: number }>(own)).rows[0]?.calls ?? 0;
    }
    await this.#track('none');
    return { calls, seconds, result };
  }

  /** Sessions that are open take it over with their next statement. */
  async #track(what: 'top' | 'none'): Promise<void> {
    for (const client of this.#clients) {
      await client.query(`ALTER SYSTEM SET pg_stat_statements.track = '${what}'`);
      await client.query('SELECT pg_reload_conf()');
    }
    await sleep(200);
  }
}

/** Never below zero, though the house may have been quieter than before. */
export function statementsEach(calls: number, byItself: number, units: number): number {
  return units === 0 ? 0 : Math.max(0, calls - byItself) / units;
}
