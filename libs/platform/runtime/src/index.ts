export * from './context-definition.ts';
