export * from './context-definition.ts';
export type { Door, OpenDoor } from './door.ts';
export * from './load-settings.ts';
export { MllpListenerSettings } from './mllp-listener-settings.ts';
export * from './settings-environment.ts';
export * from './settings-reference.ts';
export * from './settings.ts';
export * from './topology.ts';
export {
  bootContext,
  type ContextParts,
  type ContextSurroundings,
  type RunningContext,
} from './boot-context.ts';
export { prepareDataDir } from './data-dir.ts';
export { openDatabases, type Databases } from './databases.ts';
export { healthModule } from './health.module.ts';
export { Health } from './health.ts';
export { assertCatalogue } from './invariants/catalogue-invariants.ts';
export { assertDeclaredPorts } from './invariants/port-invariant.ts';
export { createLog, nestLogger, type Log } from './log.ts';
export { serveMetrics } from './metrics-server.ts';
export { Metrics } from './metrics.ts';
export * from './operation-parameters.ts';
export { parkedEventContracts, type Replayed, type ToldParked } from './parked-events.contract.ts';
export { parkedEventsController } from './parked-events.controller.ts';
export { statusContract } from './part-status.contract.ts';
export type { PartFindings, PartStatus } from './part-status.ts';
export { createProbeServer } from './probe-server.ts';
export { readRunFile, writeRunFile, type RunFile } from './run-file.ts';
export { Shutdown } from './shutdown.ts';
export { CreatePartSecret1763800000500 } from './part-secret.migration.ts';
export { partSecret } from './part-secret.ts';
