export * from './contract/resource.ts';
export * from './contract/transaction.ts';
export * from './write-rule.ts';
