import { Client } from 'pg';
import { startEmbedded, type EmbeddedPostgres } from '#platform/database';

/** Loads what counts statements, from the server's next start on. */
export async function loadStatementCount(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`);
  await client.end();
}

/** An embedded PostgreSQL of the bench's own that can count statements. */
export async function startCounted(dataDir: string): Promise<EmbeddedPostgres> {
  const first = await startEmbedded({ dataDir });
  await loadStatementCount(first.url);
  await first.stop();
  return startEmbedded({ dataDir });
}
