/**
 * FHIR resources on PostgreSQL, for one context.
 *
 * - `storeMigrations`: what to give `migrate(adminUrl, context, [...storeMigrations, ...own])`; events' tables included.
 * - `createResourceStore({ database, types, rules?, hashKey, relay? })`: the store; one for each context of a process.
 * - `resourceController(context)`: the Nest controller that answers the context's resource, import and transaction
 *   contracts; its module provides `ResourceStoreToken` (the store), for transactions also `ParticipantToken`.
 */
export * from './contract/import.ts';
export * from './contract/resource.ts';
export * from './contract/resource-changed.ts';
export * from './contract/transaction.ts';
export * from './write-rule.ts';
export { createResourceStore, type ResourceStore } from './resource-store.ts';
export { resourceController, ResourceStoreToken } from './resource.controller.ts';
export type { StoreOptions } from './store-parts.ts';
export { sortableParameters } from './search/search-order.ts';
export { storeMigrations } from './tables/store-migrations.ts';
export type { WriteEntry } from './write/resource-writer.ts';
