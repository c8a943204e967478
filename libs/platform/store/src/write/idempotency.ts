import { hash } from 'node:crypto';
import { keyHolder, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { Transaction } from '#platform/database';
import type { WriteResource, Written } from '../contract/resource.ts';
import { patientsColumns, storedOf, textOf, type PatientsRow } from '../resource-row.ts';
import type { WriteAnswer } from './write-outcome.ts';

export interface Once {
  readonly schema: string;
  readonly caller: Caller;
  readonly key: string;
  /** Hash of what was asked. */
  readonly request: string;
}

/** An answer given again, and the patients whose data leaves with it, as PostgreSQL writes a `text[]`. */
export interface AnswerAgain extends WriteAnswer {
  readonly patients: string;
}

/** What makes two requests the same request. */
export function requestHash({ method, type, id, ifMatch }: WriteResource, text: string | undefined): string {
  return hash(
    'sha256',
    JSON.stringify([method, type, id ?? null, ifMatch ?? null, text ?? null]),
    'base64url',
  );
}

/**
 * The answer that this key was given before; undefined: this is the first time, and until the transaction ends whoever
 * comes with the same key waits here.
 */
export async function answeredBefore(transaction: Transaction, once: Once): Promise<AnswerAgain | undefined> {
  const { schema, caller, key, request } = once;
  // The lock stands in a statement of its own: the next one sees what its last holder committed.
  await transaction.query({
    name: `${schema}.once.lock`,
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 7))',
    values: [`${schema} ${keyHolder(caller)} ${key}`],
  });
  const [row] = await transaction.query<PatientsRow & { request: string; created: boolean }>({
    name: `${schema}.once.find`,
    text: findSql(schema),
    values: [keyHolder(caller), key],
  });
  if (row === undefined) return undefined;
  if (row.request !== request) {
    throw new Fault(
      'conflict',
      'This Idempotency-Key was used for another request. Use a new key for each request.',
    );
  }
  const written: Written = { ...storedOf(row), created: row.created };
  return { written, text: row.deleted ? undefined : textOf(row), patients: row.patients };
}

/** Keeps the first answer for 24 hours; what has run out is swept up a little at a time. */
export async function rememberAnswer(transaction: Transaction, once: Once, written: Written): Promise<void> {
  const { schema, caller, key, request } = once;
  await transaction.query({
    name: `${schema}.once.keep`,
    text: keepSql(schema),
    values: [keyHolder(caller), key, request, written.type, written.id, written.version, written.created],
  });
}

function findSql(schema: string): string {
  const versions = ['resource', 'history'].map(
    (table) =>
      `SELECT ${patientsColumns('v')}, o.request, o.created FROM o JOIN "${schema}".${table} v USING (type, id, version)`,
  );
  return `WITH o AS (SELECT * FROM "${schema}".idempotency WHERE caller = $1 AND key = $2 AND expires_at > clock_timestamp())
    ${versions.join(' UNION ALL ')}`;
}

function keepSql(schema: string): string {
  return `WITH swept AS (
      DELETE FROM "${schema}".idempotency WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM "${schema}".idempotency WHERE expires_at < clock_timestamp() - interval '1 hour' LIMIT 10 FOR UPDATE SKIP LOCKED))
    )
    INSERT INTO "${schema}".idempotency (caller, key, request, type, id, version, created, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + interval '24 hours')
    ON CONFLICT (caller, key) DO UPDATE SET request = excluded.request, type = excluded.type, id = excluded.id,
      version = excluded.version, created = excluded.created, expires_at = excluded.expires_at`;
}
