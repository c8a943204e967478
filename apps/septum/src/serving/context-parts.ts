import type { MigrationClass } from '#platform/database';
import { edgeMigrations } from '#platform/edge';
import type { ContextDefinition, ContextParts, Databases } from '#platform/runtime';
import { catalogue } from '../catalogue.ts';

/** The migrations of a part: of the store first, then of its own tables. */
export function migrationsOf(part: string): readonly MigrationClass[] {
  if (part === 'edge') return edgeMigrations;
  return catalogue.find(({ name }) => name === part)?.migrations?.map((each) => each as MigrationClass) ?? [];
}

/** What every context has: the store of its types. */
export function contextParts(
  _definition: ContextDefinition,
  _databases: Databases,
  _poke: () => void,
): ContextParts {
  return { contracts: [], controllers: [], providers: [] };
}
