import { resourceContracts } from '#platform/store';

/** Reading, searching and writing the resources of `medications`. */
export const medicationsResources = resourceContracts('medications');
