export * from './caller.ts';
export * from './credential.ts';
export * from './http-guard.ts';
export * from './row-policy.ts';
export * from './scope.ts';
export * from './signing-key.ts';
export * from './token.ts';
