import { resourceContracts } from '#platform/store';

export * from './reconciliation.ts';

/** Reading, searching and writing the resources of `medications`. */
export const medicationsResources = resourceContracts('medications');
