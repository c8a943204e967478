import type { MigrationClass } from '#platform/database';
import { StoreTables1764000000000 } from './store-tables.migration.ts';

/** The store's migrations, in order; a context's own come after them. */
export const storeMigrations: readonly MigrationClass[] = [StoreTables1764000000000];
