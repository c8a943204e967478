export * from './context-database.ts';
export { startEmbedded, type EmbeddedOptions, type EmbeddedPostgres } from './embedded/start-embedded.ts';
export { provision, type ProvisionOptions } from './provision.ts';
export { coordinatorUrl, partUrl, roleNames, type RoleNames } from './roles.ts';
export {
  openContextDatabase,
  type ContextDatabaseOptions,
  type OpenContextDatabase,
  type PoolStats,
} from './open-context-database.ts';
export { constraintOf, databaseFault, PostgresError, sqlStateOf } from './database-fault.ts';
export { migrate, migrationState, type MigrateOptions, type MigrationState } from './migrate.ts';
export {
  dataSourceFor,
  type DataSourceForOptions,
  type EntityClass,
  type MigrationClass,
} from './data-source.ts';
export { rowSecurity } from './row-security.ts';
