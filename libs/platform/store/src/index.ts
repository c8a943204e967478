export * from './contract/resource.ts';
export * from './write-rule.ts';
