export * from './context-database.ts';
export { startEmbedded, type EmbeddedOptions } from './embedded/start-embedded.ts';
export { DataInUse } from './embedded/owner.ts';
export type { EmbeddedPostgres } from './embedded/supervised.ts';
export { provision, type ProvisionOptions } from './provision.ts';
export { coordinatorUrl, partUrl, roleNames, type RoleNames } from './roles.ts';
export {
  openContextDatabase,
  type ContextDatabaseOptions,
  type OpenContextDatabase,
} from './open-context-database.ts';
export type { PoolStats } from './context-pool.ts';
export {
  PreparedInDatabase,
  type PreparedState,
  type PreparedTransaction,
  type PreparedTransactions,
} from './prepared-transactions.ts';
export {
  openCoordinator,
  type CoordinatorOptions,
  type CoordinatorTransactions,
} from './coordinator-transactions.ts';
export { assertDurable } from './durability.ts';
export {
  assertConnectionBudget,
  assertPreparedTransactions,
  serverLimits,
  type PoolDemand,
  type ServerLimits,
} from './connection-budget.ts';
export { createDatabase, dropDatabase } from './create-database.ts';
export { constraintOf, databaseFault, PostgresError, sqlStateOf } from './database-fault.ts';
export { migrate, migrationState, type MigrateOptions, type MigrationState } from './migrate.ts';
export {
  dataSourceFor,
  type DataSourceForOptions,
  type EntityClass,
  type MigrationClass,
} from './data-source.ts';
export { takeFirst, Together, type TakeBatch, type WorkTogether } from './together.ts';
export { rowSecurity } from './row-security.ts';
