import { defineContext } from '#platform/runtime';

export const directory = defineContext({
  name: 'directory',
  types: [
    'Organization',
    'OrganizationAffiliation',
    'Practitioner',
    'PractitionerRole',
    'Location',
    'HealthcareService',
    'Endpoint',
    'VerificationResult',
  ],
});
