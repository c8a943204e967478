export { createEdge, type EdgeApplication, type EdgeRoute } from './edge-application.ts';
export { edgeModule, type EdgeDependencies } from './edge.module.ts';
export type { EdgeSettings, SharedTransactions } from './edge.ts';
export { fhirRoot } from './http/fhir-request.ts';
export { edgeMigrations } from './home/edge-migrations.ts';
export { issueOneUseCode, type SessionHolder } from './home/sessions.ts';
export { loadPublicKeys, loadSigningKey, tokenKeyFinder } from './home/signing-keys.ts';
