import { resourceContracts } from '#platform/store';

export * from './communications.ts';
export * from './document-events.ts';

/** Reading, searching and writing the resources of `transitions`. */
export const transitionsResources = resourceContracts('transitions');
