export * from './fault.ts';
export * from './search-request.ts';
