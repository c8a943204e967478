import { resourceContracts } from '#platform/store';

/** Reading, searching and writing the resources of `patients`. */
export const patientsResources = resourceContracts('patients');
