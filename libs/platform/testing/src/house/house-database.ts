import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, dropDatabase, startEmbedded } from '#platform/database';

/** A database of one house alone. */
export interface HouseDatabase {
  /** The administrator's URL into it: the bootstrap URL. */
  readonly url: string;
  drop(): Promise<void>;
}

/**
 * On the server of SEPTUM_TEST_DATABASE_URL, which a run of the whole suite shares; else on an embedded server of this
 * house, as with `ownServer`, for who changes logins: they belong to a server, not to a database. With SEPTUM_TEST_TEMPLATE it is a copy of a database that is migrated already.
 */
export async function openHouseDatabase(
  options: { readonly migrated?: boolean; readonly ownServer?: boolean } = {},
): Promise<HouseDatabase> {
  const shared = process.env['SEPTUM_TEST_DATABASE_URL'];
  if (shared === undefined || options.ownServer === true) return ownServer();
  const name = `house_${randomBytes(6).toString('hex')}`;
  const url = await createDatabase(
    shared,
    name,
    options.migrated === false ? undefined : process.env['SEPTUM_TEST_TEMPLATE'],
  );
  return { url, drop: () => dropDatabase(shared, name) };
}

async function ownServer(): Promise<HouseDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'septum-house-'));
  const server = await startEmbedded({ dataDir });
  return {
    url: server.url,
    async drop() {
      await server.stop();
      // Elsewhere when run as root.
      rmSync(server.directory, { recursive: true, force: true });
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
