/**
 * FHIR resources on PostgreSQL, for one context.
 *
 * - `storeMigrations`: what to give `migrate(adminUrl, context, [...storeMigrations, ...own])`; the tables of events
 *   are among them, those of `#platform/database` are not.
 * - `createResourceStore({ database, types, rules?, hashKey, relay? })`: the store; one for each context of a process.
 * - `resourceController(context)`: the Nest controller for `resourceContracts` and `importContracts`; its module
 *   provides the store under `ResourceStoreToken`.
 * - `transactionController(context)`: the same for `transactionContracts`; its module provides `ParticipantToken`.
 * - `storeContracts(context)`: all that the two controllers answer.
 * - `store.ownId(...words)`: the id of what a context makes itself, under which nobody but Septum may write.
 */
export * from './contract/import.ts';
export * from './contract/resource.ts';
export * from './contract/resource-changed.ts';
export * from './contract/transaction.ts';
export * from './write-rule.ts';
export { createResourceStore, type ResourceStore } from './resource-store.ts';
export { resourceController, ResourceStoreToken } from './resource.controller.ts';
export type { StoreOptions } from './store-parts.ts';
export { ParticipantToken, transactionController, type Participant } from './transaction.controller.ts';
export type { OwnId } from './own-ids.ts';
export { storeContracts } from './store-contracts.ts';
export type { RecordedDisclosure } from './audit/record-disclosure.ts';
export { sortableParameters } from './search/search-order.ts';
export { storeMigrations } from './tables/store-migrations.ts';
export type { WriteEntry } from './write/write-entry.ts';
