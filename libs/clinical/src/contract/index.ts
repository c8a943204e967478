import { resourceContracts } from '#platform/store';

/** Reading, searching and writing the resources of `clinical`. */
export const clinicalResources = resourceContracts('clinical');
