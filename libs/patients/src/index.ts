import { defineContext } from '#platform/runtime';

export const patients = defineContext({
  name: 'patients',
  types: ['Patient', 'Person', 'RelatedPerson', 'Linkage'],
});
