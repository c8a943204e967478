import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  migrate,
  openContextDatabase,
  partUrl,
  provision,
  startEmbedded,
  type ContextDatabase,
} from '#platform/database';
import { createResourceStore, storeMigrations, type ResourceStore } from '#platform/store';
import { transitions } from '../src/index.ts';

/** The store of `transitions` on a PostgreSQL of its own, for one spec file. */
export interface TransitionsHouse {
  readonly database: ContextDatabase;
  readonly store: ResourceStore;
  close(): Promise<void>;
}

export async function openTransitions(): Promise<TransitionsHouse> {
  const { name: context, types } = transitions;
  const dataDir = await mkdtemp(path.join(tmpdir(), 'septum-transitions-'));
  const embedded = await startEmbedded({ dataDir });
  await provision(embedded.url, [context]);
  await migrate(embedded.url, context, [...storeMigrations]);
  const database = openContextDatabase({ url: partUrl(embedded.url, context), context });
  return {
    database,
    store: createResourceStore({ database, types, hashKey: 'a key for these specs only' }),
    async close() {
      await database.close();
      await embedded.stop();
      await rm(embedded.directory, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
