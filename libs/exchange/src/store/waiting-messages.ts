import { Inject, Injectable } from '@nestjs/common';
import { ContextDatabaseToken, takeFirst, Together, type ContextDatabase } from '#platform/database';
import type { EventStatement } from '#platform/messaging';
import type { V2Issue } from './v2-messages.ts';

/** A message that is to be applied. */
export interface WaitingMessage {
  readonly id: string;
  readonly position: number;
  /** Milliseconds since the epoch: the instant whose rules decide, however often it is applied. */
  readonly rulesAt: number;
  readonly listener: string;
  readonly controlId: string;
  readonly body: Buffer;
  readonly characterSet: string;
  readonly mergedLane: string | null;
  readonly lane: string;
  /** 1, and one more each time that somebody has it applied again. */
  readonly attempt: number;
}

export interface Settlement {
  readonly state: 'applied' | 'failed';
  readonly issues: readonly V2Issue[];
  readonly patients: readonly string[];
  /** Which field of the message made which element; see `#platform/v2-to-fhir`. */
  readonly lineage?: object;
  /** The rule pack by which it was applied: `north|2026.1`. */
  readonly rules?: string;
}

interface Settled {
  readonly message: WaitingMessage;
  readonly settlement: Settlement;
  /** Marks the event that announced it as applied. */
  readonly mark: EventStatement;
}

const mostTogether = 32;

/** The messages that are to be applied. Those that are asked for, or settled, in the same moment share a round trip. */
@Injectable()
export class WaitingMessages {
  readonly #database: ContextDatabase;
  readonly #asked: Together<string, WaitingMessage | undefined>;
  readonly #settled: Together<Settled, void>;

  constructor(@Inject(ContextDatabaseToken) database: ContextDatabase) {
    this.#database = database;
    this.#asked = new Together((_policy, ids) => this.#findAll(ids), takeFirst(mostTogether));
    this.#settled = new Together((_policy, all) => this.#settleAll(all), takeFirst(mostTogether));
  }

  /** The message, unless it was settled already. */
  find(id: string): Promise<WaitingMessage | undefined> {
    return this.#asked.add('*', id);
  }

  /** Whether a message that came earlier, for the patient who is merged, still waits. */
  async hasEarlierOfMerged({ mergedLane, position, lane }: WaitingMessage): Promise<boolean> {
    if (mergedLane === null || mergedLane === lane) return false;
    const rows = await this.#database.query('*', {
      name: 'exchange.v2.earlier',
      text: `SELECT FROM v2_message WHERE lane = $1 AND position < $2 AND state = 'waiting' LIMIT 1`,
      values: [mergedLane, position],
    });
    return rows.length > 0;
  }

  /** Notes what became of it; nothing when that was noted before, or when it is to be applied again since. */
  settle(message: WaitingMessage, settlement: Settlement, mark: EventStatement): Promise<void> {
    return this.#settled.add('*', { message, settlement, mark });
  }

  async #findAll(ids: readonly string[]): Promise<readonly (WaitingMessage | undefined)[]> {
    const rows = await this.#database.query<WaitingMessage>('*', {
      name: 'exchange.v2.waiting',
      text: `SELECT id, position, (extract(epoch FROM coalesce(rules_at, received_at)) * 1000)::float8 AS "rulesAt", listener,
          control_id AS "controlId", body, character_set AS "characterSet", lane,
          merged_lane AS "mergedLane", attempt
        FROM v2_message WHERE id = ANY ($1) AND state = 'waiting'`,
      values: [ids],
    });
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => found.get(id));
  }

  async #settleAll(all: readonly Settled[]): Promise<readonly void[]> {
    const settle = {
      name: 'exchange.v2.settle',
      text: `UPDATE v2_message m SET state = g.state, issues = g.issues::jsonb, patients = g.patients::text[],
          lineage = g.lineage::jsonb, rules = g.rules, settled_at = clock_timestamp()
        FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
          AS g (id, attempt, state, issues, patients, lineage, rules)
        WHERE m.id = g.id AND m.attempt = g.attempt AND m.state = 'waiting'`,
      values: [
        all.map(({ message }) => message.id),
        all.map(({ message }) => message.attempt),
        all.map(({ settlement }) => settlement.state),
        all.map(({ settlement }) => JSON.stringify(settlement.issues)),
        all.map(({ settlement }) => `{${settlement.patients.map((id) => `"${id}"`).join(',')}}`),
        all.map(({ settlement: { lineage } }) => (lineage === undefined ? null : JSON.stringify(lineage))),
        all.map(({ settlement }) => settlement.rules ?? null),
      ],
    };
    await this.#database.pipeline('*', [...all.map(({ mark }) => mark), settle]);
    return all.map(() => undefined);
  }
}
