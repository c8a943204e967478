/**
 * One PostgreSQL for a whole run of the suite, and on it a database that is provisioned and migrated already: each
 * house gets a copy, which is faster than making one.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout, program } from './toolbox.mjs';

const template = 'septum_template';

export async function openTestServers(folder) {
  const { createDatabase, startEmbedded } = await import(
    pathToFileURL(join(checkout, 'dist/libs/platform/database/src/index.js')).href
  );
  const server = await startEmbedded({ dataDir: join(folder, 'server') });
  const url = await createDatabase(server.url, template);
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SEPTUM_')),
  );
  const made = spawnSync(process.execPath, [program, 'migrate', '--admin', url], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: environment,
  });
  if (made.status !== 0) {
    await server.stop();
    throw new Error(`The database of the tests could not be migrated: ${made.stderr}`);
  }
  return {
    environment: { SEPTUM_TEST_DATABASE_URL: server.url, SEPTUM_TEST_TEMPLATE: template },
    async close() {
      await server.stop();
      // Elsewhere when run as root.
      rmSync(server.directory, { recursive: true, force: true });
    },
  };
}
