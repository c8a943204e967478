import type { ContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import { readPack } from './read-pack.ts';
import { packCode, type RulePack } from './rule-pack.ts';
import { inForceAt, type RuleChange } from './rule-schedule.ts';

/**
 * For how long a process may go on deciding by the schedule that it read. A change is settled only while its instant is
 * further off than this and the difference between two clocks, so whoever decides about that instant has read of it.
 */
const mostAgeMs = 1_000;
const everyRow = '*';

/** A change that was not settled by then never will be: see `RuleLeader`. */
export const leastNoticeMs = 3_000;

export interface RuleBookOptions {
  /** Where it is decided whether a change comes, nobody has to wait to be told. */
  readonly leads?: boolean;
}

export interface HeldPack {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly addedAt: number;
}

/** The packs that a context has, and from when each is in force. */
export class RuleBook {
  readonly #database: ContextDatabase;
  readonly #leads: boolean;
  readonly #packs = new Map<string, Promise<RulePack>>();
  #schedule: { readonly readAt: number; readonly changes: Promise<readonly RuleChange[]> } | undefined;

  constructor(database: ContextDatabase, { leads = false }: RuleBookOptions = {}) {
    this.#database = database;
    this.#leads = leads;
  }

  /**
   * The one pack that decides about an instant; undefined: none, Septum's own rules do. The same instant is always
   * answered the same.
   *
   * @throws Fault `unavailable` while it is not known here whether a change that was proposed for before it has come
   */
  async inForce(instant: number): Promise<RulePack | undefined> {
    let found = inForceAt(await this.#recent(), instant);
    if (found === 'undecided') {
      this.#schedule = undefined;
      found = inForceAt(await this.#recent(), instant);
    }
    if (found === 'undecided')
      throw new Fault(
        'unavailable',
        'Whether another rule pack is in force is not known here yet. Try again in a second; septum rules list tells.',
        { retryAfterSeconds: 1 },
      );
    if (found === 'none') return undefined;
    return this.pack(found.name, found.version);
  }

  /** @throws Fault `not-found` */
  pack(name: string, version: string): Promise<RulePack> {
    const code = packCode({ name, version });
    const known = this.#packs.get(code);
    if (known !== undefined) return known;
    const pack = this.contentOf(name, version).then(readPack);
    this.#packs.set(code, pack);
    pack.catch(() => this.#packs.delete(code));
    return pack;
  }

  /** The file as it was added. Fault `not-found`. */
  async contentOf(name: string, version: string): Promise<string> {
    const [row] = await this.#database.query<{ content: string }>(everyRow, {
      name: 'rules.content',
      text: 'SELECT content FROM rule_pack WHERE name = $1 AND version = $2',
      values: [name, version],
    });
    if (row !== undefined) return row.content;
    throw new Fault(
      'not-found',
      `There is no rule pack ${name}@${version}. septum rules list names those that there are.`,
    );
  }

  /** Adds a pack, once. Fault `conflict` when another content has its name and version. */
  async hold(content: string): Promise<RulePack> {
    const pack = readPack(content);
    const { name, version, hash } = pack;
    await this.#database.query(everyRow, {
      text: 'INSERT INTO rule_pack (name, version, hash, content) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      values: [name, version, hash, content],
    });
    const [held] = await this.#database.query<{ hash: string }>(everyRow, {
      text: 'SELECT hash FROM rule_pack WHERE name = $1 AND version = $2',
      values: [name, version],
    });
    if (held?.hash === hash) return pack;
    throw new Fault(
      'conflict',
      `${name}@${version} was added before, with another content, and packs do not change. Give this one another version.`,
    );
  }

  packs(): Promise<readonly HeldPack[]> {
    return this.#database.query<HeldPack>(everyRow, {
      text: `SELECT name, version, hash, (extract(epoch FROM added_at) * 1000)::int8 AS "addedAt"
        FROM rule_pack ORDER BY added_at, name, version`,
    });
  }

  /** All changes, in the order of their instants; read anew. */
  changes(): Promise<readonly RuleChange[]> {
    return this.#database.query<RuleChange>(everyRow, {
      name: 'rules.changes',
      text: `SELECT position, (extract(epoch FROM at) * 1000)::int8 AS at, name, version,
          (extract(epoch FROM until) * 1000)::int8 AS until,
          CASE WHEN $1 AND state = 'proposed' AND at <= clock_timestamp() + $2::float8 * interval '1 millisecond'
            THEN 'void' ELSE state END AS state
        FROM rule_change ORDER BY at, position`,
      values: [this.#leads, leastNoticeMs],
    });
  }

  /** Notes a change that may come: about its instant and later nothing is decided here until the outcome is known. */
  async note({ position, at, name, version, until, state }: RuleChange): Promise<void> {
    await this.#database.query(everyRow, {
      text: `INSERT INTO rule_change (position, at, name, version, until, state)
        VALUES ($1, to_timestamp($2::float8 / 1000), $3, $4, to_timestamp($5::float8 / 1000), $6)
        ON CONFLICT (position) DO NOTHING`,
      values: [position, at, name, version, until, state],
    });
    this.#schedule = undefined;
  }

  /** What became of it. */
  async settle(position: number, state: 'settled' | 'void'): Promise<void> {
    await this.#database.query(everyRow, {
      text: `UPDATE rule_change SET state = $2 WHERE position = $1 AND state = 'proposed'`,
      values: [position, state],
    });
    this.#schedule = undefined;
  }

  #recent(): Promise<readonly RuleChange[]> {
    const now = performance.now();
    if (this.#schedule !== undefined && now - this.#schedule.readAt < mostAgeMs)
      return this.#schedule.changes;
    const changes = this.changes();
    const schedule = { readAt: now, changes };
    this.#schedule = schedule;
    changes.catch(() => {
      if (this.#schedule === schedule) this.#schedule = undefined;
    });
    return changes;
  }
}
