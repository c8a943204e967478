import { defineContext } from '#platform/runtime';

export const privacy = defineContext({
  name: 'privacy',
  types: ['Consent', 'AuditEvent', 'Provenance'],
});
