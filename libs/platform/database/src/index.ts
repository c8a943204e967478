export * from './context-database.ts';
