import type { MigrationClass } from '#platform/database';
import { edgeMigrations } from '#platform/edge';
import {
  CreatePartSecret1763800000500,
  partSecret,
  type ContextDefinition,
  type ContextParts,
  type Databases,
} from '#platform/runtime';
import {
  createResourceStore,
  importContracts,
  resourceContracts,
  resourceController,
  ResourceStoreToken,
  storeMigrations,
} from '#platform/store';
import { catalogue } from '../catalogue.ts';

/** The migrations of a part: of the store first, then of its own tables. */
export function migrationsOf(part: string): readonly MigrationClass[] {
  if (part === 'edge') return edgeMigrations;
  const own = catalogue.find(({ name }) => name === part)?.migrations ?? [];
  return [CreatePartSecret1763800000500, ...storeMigrations, ...own.map((each) => each as MigrationClass)];
}

/** What every context has: the store of its types. `poke` tells its relay of committed events. */
export async function contextParts(
  { name, types, rules = [] }: ContextDefinition,
  databases: Databases,
  poke: () => void,
): Promise<ContextParts> {
  const database = databases.open(name);
  const store = createResourceStore({
    database,
    types,
    rules,
    hashKey: await partSecret(database, 'search-hash'),
    relay: { poke },
  });
  return {
    contracts: [...Object.values(resourceContracts(name)), ...Object.values(importContracts(name))],
    controllers: [resourceController(name)],
    providers: [{ provide: ResourceStoreToken, useValue: store }],
  };
}
