import { Inject, Injectable } from '@nestjs/common';
import { ContextDatabaseToken, type ContextDatabase, type Transaction } from '#platform/database';

export type DeliveryState = 'waiting' | 'completed' | 'stopped';

/** A delivery for which something is to be done: it is to be sent or, once it has ended, its end is to be told. */
export interface Delivery {
  readonly communication: string;
  readonly position: number;
  readonly endpoint: string;
  readonly patients: readonly string[];
  readonly state: DeliveryState;
  readonly attempts: number;
  /** How often in a row it was not taken, or its end could not be told. */
  readonly failures: number;
  /** How often the recipient answered with an error. */
  readonly refusals: number;
  readonly edition: number;
  /** When it was first due, milliseconds since the epoch. */
  readonly heardAt: number;
  /** For how long the recipient may have been tried, milliseconds. */
  readonly dueForMs: number;
  /** Milliseconds since the epoch; of one that ended. */
  readonly endedAt: number | null;
  readonly proof: string | null;
  readonly reason: string | null;
}

/** How a delivery ended. */
export interface DeliveryEnd {
  readonly state: 'completed' | 'stopped';
  readonly proof: string;
  readonly reason?: string;
  /** The recipient said that it did not take it. */
  readonly refused?: boolean;
}

const everyRow = '*';
const columns = `d.communication, d.position, d.endpoint, d.patients, d.state, d.attempts, d.failures, d.refusals, d.edition,
  (extract(epoch FROM clock_timestamp() - d.due_at) * 1000)::int8 AS "dueForMs",
  (extract(epoch FROM d.heard_at) * 1000)::int8 AS "heardAt", (extract(epoch FROM d.ended_at) * 1000)::int8 AS "endedAt", d.proof, d.reason`;

/** What is done one after the other: what goes to one endpoint; telling the end of one holds up nothing. */
export function keyOf({ state, endpoint, communication }: Delivery): string {
  return state === 'waiting' ? `endpoint/${endpoint}` : `communication/${communication}`;
}

/** The table of deliveries. Whatever was begun changes a row only in the state and at the position it was begun with. */
@Injectable()
export class Deliveries {
  readonly #database: ContextDatabase;

  constructor(@Inject(ContextDatabaseToken) database: ContextDatabase) {
    this.#database = database;
  }

  /** Keeps what is to be delivered, once, however often it is heard. */
  async add(
    transaction: Transaction,
    { communication, patient, endpoint }: Readonly<Record<'communication' | 'patient' | 'endpoint', string>>,
  ): Promise<void> {
    await transaction.query({
      name: 'exchange.delivery.add',
      text: `INSERT INTO exchange.delivery (communication, endpoint, patients) VALUES ($1, $2, ARRAY[$3])
        ON CONFLICT (communication) DO NOTHING`,
      values: [communication, endpoint, patient],
    });
  }

  /** Of each endpoint the first that waits, if it is its time, and what ended without having been told. */
  async due(busy: readonly string[], most: number): Promise<Delivery[]> {
    return this.#database.query<Delivery>(everyRow, {
      name: 'exchange.delivery.due',
      text: dueSql,
      values: [busy, most],
    });
  }

  /** Counts an attempt before it is made. False when there is nothing to attempt any more. */
  async begin({ communication, position }: Delivery, partner: string): Promise<boolean> {
    return this.#change('begin', {
      text: `attempts = attempts + 1, partner = $3, last_attempt_at = clock_timestamp(),
        first_attempt_at = coalesce(first_attempt_at, clock_timestamp())`,
      values: [communication, position, partner],
    });
  }

  /** The recipient did not take it this time. */
  async again(
    { communication, position }: Delivery,
    pauseMs: number,
    {
      proof,
      reason,
      isRefusal,
    }: { readonly proof: string; readonly reason: string; readonly isRefusal: boolean },
  ): Promise<void> {
    await this.#change('again', {
      text: `failures = failures + 1, refusals = refusals + $6, proof = $4, reason = $5,
        next_at = clock_timestamp() + $3::float8 * interval '1 millisecond'`,
      values: [communication, position, pauseMs, proof, reason, isRefusal ? 1 : 0],
    });
  }

  async end(
    { communication, position }: Delivery,
    { state, proof, reason, refused = false }: DeliveryEnd,
  ): Promise<void> {
    await this.#change('end', {
      text: `state = $3, proof = $4, reason = $5, refused = $6, failures = 0, ended_at = clock_timestamp(),
        next_at = clock_timestamp()`,
      values: [communication, position, state, proof, reason ?? null, refused],
    });
  }

  /** Its end is known where it was asked for. */
  async settled({ communication, position }: Delivery): Promise<void> {
    await this.#database.query(everyRow, {
      name: 'exchange.delivery.settled',
      text: `UPDATE exchange.delivery SET settled_at = clock_timestamp()
        WHERE communication = $1 AND position = $2 AND state <> 'waiting'`,
      values: [communication, position],
    });
  }

  /** Not before so many milliseconds, for no fault of the recipient's. */
  async postpone({ communication, position }: Delivery, pauseMs: number): Promise<void> {
    await this.#database.query(everyRow, {
      name: 'exchange.delivery.postpone',
      text: `UPDATE exchange.delivery SET next_at = clock_timestamp() + $3::float8 * interval '1 millisecond',
        failures = failures + CASE WHEN state = 'waiting' THEN 0 ELSE 1 END WHERE communication = $1 AND position = $2`,
      values: [communication, position, pauseMs],
    });
  }

  async #change(
    step: string,
    { text, values }: { readonly text: string; readonly values: readonly unknown[] },
  ): Promise<boolean> {
    const rows = await this.#database.query(everyRow, {
      name: `exchange.delivery.${step}`,
      text: `UPDATE exchange.delivery SET ${text} WHERE communication = $1 AND position = $2 AND state = 'waiting'
        RETURNING communication`,
      values,
    });
    return rows.length > 0;
  }
}

// From endpoint to endpoint along the index, so that a long queue at one of them is not read.
const dueSql = `
WITH RECURSIVE head AS (
  (SELECT endpoint, communication FROM exchange.delivery WHERE state = 'waiting' ORDER BY endpoint, position LIMIT 1)
  UNION ALL
  SELECT next.endpoint, next.communication FROM head CROSS JOIN LATERAL (
    SELECT endpoint, communication FROM exchange.delivery w
    WHERE w.state = 'waiting' AND w.endpoint > head.endpoint ORDER BY endpoint, position LIMIT 1
  ) next
), open AS (
  SELECT communication, 'endpoint/' || endpoint AS key FROM head
  UNION ALL
  SELECT communication, 'communication/' || communication FROM exchange.delivery
  WHERE state <> 'waiting' AND settled_at IS NULL
)
SELECT ${columns} FROM open JOIN exchange.delivery d USING (communication)
WHERE d.next_at <= clock_timestamp() AND open.key <> ALL($1) ORDER BY d.next_at, d.position LIMIT $2`;
