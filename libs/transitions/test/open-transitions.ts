import { migrate, openContextDatabase, partUrl, provision, type ContextDatabase } from '#platform/database';
import { createResourceStore, storeMigrations, type ResourceStore } from '#platform/store';
import { openHouseDatabase } from '#platform/testing';
import { transitions } from '../src/index.ts';

/** The store of `transitions` on a database of its own, for one spec file. */
export interface TransitionsHouse {
  readonly database: ContextDatabase;
  readonly store: ResourceStore;
  close(): Promise<void>;
}

export async function openTransitions(): Promise<TransitionsHouse> {
  const { name: context, types } = transitions;
  const house = await openHouseDatabase({ migrated: false });
  await provision(house.url, [context]);
  await migrate(house.url, context, [...storeMigrations]);
  const database = openContextDatabase({ url: partUrl(house.url, context), context });
  return {
    database,
    store: createResourceStore({ database, types, hashKey: 'a key for these specs only' }),
    async close() {
      await database.close();
      await house.drop();
    },
  };
}
