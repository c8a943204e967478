import { resourceContracts } from '#platform/store';

export * from './encounter-events.ts';

/** Reading, searching and writing the resources of `encounters`. */
export const encountersResources = resourceContracts('encounters');
