import { resourceContracts } from '#platform/store';

/** Reading, searching and writing the resources of `directory`. */
export const directoryResources = resourceContracts('directory');
