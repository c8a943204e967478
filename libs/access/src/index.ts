import { defineContext } from '#platform/runtime';

export const access = defineContext({
  name: 'access',
  types: [],
});
