import type { ContextDatabase } from '#platform/database';
import { leastNoticeMs } from './rule-book.ts';
import type { RuleChange } from './rule-schedule.ts';

const everyRow = '*';
const columns = `position, (extract(epoch FROM at) * 1000)::int8 AS at, name, version,
  (extract(epoch FROM until) * 1000)::int8 AS until, state`;

export type ProposedChange = Pick<RuleChange, 'at' | 'name' | 'version' | 'until'>;

/**
 * Where it is decided which changes come. One is proposed, noted by all that decide by rules, and then settled, at the
 * latest `leastNoticeMs` before its instant; else it is void. The update of that one row is the decision, by the clock of
 * its database.
 */
export class RuleLeader {
  readonly #database: ContextDatabase;

  constructor(database: ContextDatabase) {
    this.#database = database;
  }

  /** Milliseconds since the epoch, by the clock that decides. */
  async now(): Promise<number> {
    const [row] = await this.#database.query<{ now: number }>(everyRow, {
      text: 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::int8 AS now',
    });
    return row!.now;
  }

  async propose({ at, name, version, until }: ProposedChange): Promise<RuleChange> {
    const [row] = await this.#database.query<RuleChange>(everyRow, {
      text: `INSERT INTO rule_change (at, name, version, until, state)
        VALUES (to_timestamp($1::float8 / 1000), $2, $3, to_timestamp($4::float8 / 1000), 'proposed')
        RETURNING ${columns}`,
      values: [at, name, version, until],
    });
    return row!;
  }

  /** Settles it, unless it is too late for that, or it is void already. Answers whether it is settled. */
  async settle(position: number): Promise<boolean> {
    const rows = await this.#database.query(everyRow, {
      text: `UPDATE rule_change SET state = 'settled'
        WHERE position = $1 AND state = 'proposed' AND at > clock_timestamp() + $2::float8 * interval '1 millisecond'
        RETURNING position`,
      values: [position, leastNoticeMs],
    });
    return rows.length > 0;
  }

  async drop(position: number): Promise<void> {
    await this.#database.query(everyRow, {
      text: `UPDATE rule_change SET state = 'void' WHERE position = $1 AND state = 'proposed'`,
      values: [position],
    });
  }

  /** Drops what can no longer be settled, such as what a process proposed that died over it. */
  async dropLate(): Promise<void> {
    await this.#database.query(everyRow, {
      name: 'rules.drop-late',
      text: `UPDATE rule_change SET state = 'void'
        WHERE NOT told AND state = 'proposed' AND at <= clock_timestamp() + $1::float8 * interval '1 millisecond'`,
      values: [leastNoticeMs],
    });
  }

  /** Those whose outcome not all have been told. */
  untold(): Promise<readonly RuleChange[]> {
    return this.#database.query<RuleChange>(everyRow, {
      name: 'rules.untold',
      text: `SELECT ${columns} FROM rule_change WHERE NOT told AND state <> 'proposed' ORDER BY position`,
    });
  }

  async told(position: number): Promise<void> {
    await this.#database.query(everyRow, {
      text: 'UPDATE rule_change SET told = true WHERE position = $1',
      values: [position],
    });
  }
}
