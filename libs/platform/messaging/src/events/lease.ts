import { type EventDatabase, everyRow } from './event-database.ts';

/** The right to do one piece of work of a part for a while. Whoever lost it is told by its epoch. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Rises with every change of holder. */
  readonly epoch: number;
}

/** The lease on publishing a part's events; its row also holds the last position given. */
export const relayLease = 'relay';

/** How a {@link LeaseKeeper} asks for its leases; returns those it has now. */
export type Renew = (names: readonly string[], holder: string, termMs: number) => Promise<Lease[]>;

/**
 * Leases are rows with an expiry on the database's clock, not session locks: a pooled connection may end at any time,
 * and a process that hangs keeps its sessions. They save doing the work twice; that nothing is lost, doubled or
 * disordered when two processes both believe to hold one, rests on epochs, inboxes and reading in order.
 */
export function leaseRows(database: EventDatabase): Renew {
  const table = `"${database.schema}".event_lease`;
  const text = `INSERT INTO ${table} AS l (name, holder, expires_at)
SELECT name, $2, clock_timestamp() + $3 * interval '1 millisecond' FROM unnest($1::text[]) AS n (name) ORDER BY name
ON CONFLICT (name) DO UPDATE SET holder = $2, expires_at = excluded.expires_at,
  epoch = l.epoch + CASE WHEN l.holder = $2 THEN 0 ELSE 1 END
WHERE l.holder = $2 OR l.expires_at < clock_timestamp()
RETURNING name, epoch`;
  return async (names, holder, termMs) => {
    const statement = { name: `${database.schema}.lease.renew`, text, values: [names, holder, termMs] };
    const rows = await database.query<{ name: string; epoch: number }>(everyRow, statement);
    return rows.map((row) => ({ ...row, holder }));
  };
}

export async function releaseLeases(database: EventDatabase, leases: readonly Lease[]): Promise<void> {
  await database.query(everyRow, {
    text: `UPDATE "${database.schema}".event_lease SET expires_at = '-infinity'
      WHERE holder = $1 AND name = ANY($2)`,
    values: [leases[0]?.holder ?? '', leases.map((lease) => lease.name)],
  });
}
