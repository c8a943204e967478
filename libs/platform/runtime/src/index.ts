export * from './context-definition.ts';
export * from './load-settings.ts';
export * from './settings-reference.ts';
export * from './settings.ts';
export * from './topology.ts';
