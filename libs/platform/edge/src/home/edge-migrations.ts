import { CreateInstallationTables1763800000000 } from './migrations/1763800000000-create-installation-tables.ts';
import { CreateRefusals1763900000000 } from './migrations/1763900000000-create-refusals.ts';
import { BindKeysToTheirPart1763950000000 } from './migrations/1763950000000-bind-keys-to-their-part.ts';

/** The migrations of the edge's own schema, in order. */
export const edgeMigrations = [
  CreateInstallationTables1763800000000,
  CreateRefusals1763900000000,
  BindKeysToTheirPart1763950000000,
] as const;
