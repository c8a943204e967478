import { CreateInstallationTables1763800000000 } from './migrations/1763800000000-create-installation-tables.ts';

/** The migrations of the edge's own schema, in order. */
export const edgeMigrations = [CreateInstallationTables1763800000000] as const;
