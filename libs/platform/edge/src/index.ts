export { createEdge, type EdgeApplication } from './edge-application.ts';
export { edgeModule, type EdgeDependencies } from './edge.module.ts';
export type { EdgeSettings } from './edge.ts';
export { edgeMigrations } from './home/edge-migrations.ts';
export { issueOneUseCode, type SessionHolder } from './home/sessions.ts';
export { loadPublicKeys, loadSigningKey } from './home/signing-keys.ts';
