import { resourceContracts } from '#platform/store';

/** Reading, searching and writing the resources of `transitions`. */
export const transitionsResources = resourceContracts('transitions');
