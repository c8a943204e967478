import { joinResource } from '#platform/fhir';
import type { Reply } from '#platform/messaging';
import type { Stored } from './contract/resource.ts';

/** A version of a resource as the queries of this library select it. */
export interface ResourceRow {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly moment: number;
  readonly deleted: boolean;
  readonly content: string;
}

/** With whose it is, for what the audit log records after the query. */
export interface PatientsRow extends ResourceRow {
  /** As PostgreSQL writes a `text[]`. */
  readonly patients: string;
}

/** Of `resource` or `history` under that alias. */
export function rowColumns(alias: string): string {
  const a = alias;
  return `${a}.type, ${a}.id, ${a}.version, (extract(epoch FROM ${a}.last_updated) * 1000)::int8 AS moment, ${a}.deleted, ${a}.content`;
}

export function patientsColumns(alias: string): string {
  return `${rowColumns(alias)}, ${alias}.patients::text AS patients`;
}

export function storedOf(row: ResourceRow): Stored {
  const { type, id, version, moment, deleted } = row;
  return { type, id, version, lastUpdated: moment, ...(deleted ? { deleted } : {}) };
}

/** The text of a version that was not deleted. */
export function textOf({ type, id, version, moment, content }: ResourceRow): string {
  return joinResource(type, id, version, moment, content);
}

/**
 * The resource of an item, as `r`, beside a row that names it. `OFFSET 0` leaves the planner nothing but to look it up:
 * a statement prepared while there were few would else walk all of its type for each item, until somebody analyses.
 */
export function lookUpSql(schema: string, item: string): string {
  return `LATERAL (SELECT r.* FROM "${schema}".resource r WHERE r.item = ${item} OFFSET 0) r`;
}

/** An answer made of rows; a deleted version has an empty text, so that texts stay beside their rows. */
export function replyOf<Result>(
  rows: readonly ResourceRow[],
  resultOf: (stored: Stored[]) => Result,
): Reply<Result> {
  return { result: resultOf(rows.map(storedOf)), texts: rows.map((row) => (row.deleted ? '' : textOf(row))) };
}
