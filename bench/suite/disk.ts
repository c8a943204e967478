import { Client } from 'pg';

/** What the databases of an installation hold after it was loaded. */
export interface Disk {
  readonly resources: number;
  /** Tables of all parts with their indexes, history, outbox, inbox and audit, for each resource. */
  readonly bytesEach: number;
  /** The resource's text alone, on average. */
  readonly textBytesEach: number;
}

const parts = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

interface Held {
  readonly resources: number;
  readonly bytes: number;
  readonly textBytes: number;
}

async function heldBy(url: string): Promise<Held> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const number = async (text: string): Promise<number> =>
      Number((await client.query<{ number: string | null }>(text)).rows[0]?.number ?? 0);
    const bytes = await number(
      `SELECT sum(pg_total_relation_size(c.oid)) AS number FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'm') AND ${parts}`,
    );
    const { rows: schemas } = await client.query<{ name: string }>(
      `SELECT quote_ident(n.nspname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relname = 'resource' AND ${parts}`,
    );
    const all = schemas.map(({ name }) => `SELECT content FROM ${name}.resource`).join(' UNION ALL ');
    return {
      bytes,
      resources: await number(`SELECT count(*) AS number FROM (${all}) AS resource`),
      textBytes: await number(`SELECT sum(octet_length(content)) AS number FROM (${all}) AS resource`),
    };
  } finally {
    await client.end();
  }
}

/** `urls`: of an administrator, one for each database. */
export async function measureDisk(urls: readonly string[]): Promise<Disk> {
  return shareOf(await Promise.all(urls.map(heldBy)));
}

export function shareOf(held: readonly Held[]): Disk {
  const sum = (of: keyof Held): number => held.reduce((sofar, each) => sofar + each[of], 0);
  const resources = sum('resources');
  const each = (of: keyof Held): number => (resources === 0 ? 0 : Math.round(sum(of) / resources));
  return { resources, bytesEach: each('bytes'), textBytesEach: each('textBytes') };
}
