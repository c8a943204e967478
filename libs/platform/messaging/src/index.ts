export * from './contract.ts';
export * from './event.ts';
