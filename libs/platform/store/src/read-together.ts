import type { Caller } from '#platform/access';
import { takeFirst, Together, type ContextDatabase, type RowPolicy } from '#platform/database';
import { recordedClient } from './audit/audit-log.ts';
import { rowColumns, type ResourceRow } from './resource-row.ts';

/** A resource, and on whose behalf its current version is read. */
export interface CalledRead {
  readonly caller: Caller;
  readonly type: string;
  readonly id: string;
}

const batchLimit = 64;

/** Reads of single resources: those that come together share a statement, and the commit that makes their audit durable. */
export class ReadTogether extends Together<CalledRead, ResourceRow | undefined> {
  constructor(database: ContextDatabase) {
    super((policy, reads) => readAll(database, policy, reads), takeFirst(batchLimit));
  }
}

async function readAll(
  database: ContextDatabase,
  policy: RowPolicy,
  reads: readonly CalledRead[],
): Promise<readonly (ResourceRow | undefined)[]> {
  const rows = await database.query<ResourceRow & { place: number }>(policy, {
    name: `${database.schema}.read`,
    text: readSql(database.schema),
    values: [
      reads.map(({ type }) => type),
      reads.map(({ id }) => id),
      reads.map(({ caller }) => caller.breakGlass),
      reads.map(({ caller }) => caller.subject),
      reads.map(({ caller }) => recordedClient(caller)),
      reads.map(({ caller }) => caller.purposeOfUse),
    ],
  });
  const found: (ResourceRow | undefined)[] = reads.map(() => undefined);
  for (const row of rows) found[row.place - 1] = row;
  return found;
}

/**
 * `OFFSET 0` keeps the planner to one look at the primary key for each, whatever it thinks of the size of the table.
 * Rows leave the server before its commit, but the batch resolves after it: no answer is made before its record is.
 */
function readSql(schema: string): string {
  return `WITH w AS (
      SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[], $5::text[], $6::text[])
        WITH ORDINALITY AS w (type, id, glass, subject, client, purpose, place)
    ), r AS MATERIALIZED (
      SELECT ${rowColumns('r')}, r.patients AS ids, w.glass, w.subject, w.client, w.purpose, w.place::int4 AS place
      FROM w CROSS JOIN LATERAL (
        SELECT * FROM "${schema}".resource r WHERE r.type = w.type COLLATE "C" AND r.id = w.id COLLATE "C" OFFSET 0
      ) r
    ), recorded AS (
      INSERT INTO "${schema}".audit (action, break_glass, count, version, subject, client, purpose, type, id, patients)
      SELECT 'R', glass, 1, version, subject, client, purpose, type, id, ids FROM r
    )
    SELECT place, type, id, version, moment, deleted, content FROM r`;
}
