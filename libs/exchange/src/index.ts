import { defineContext } from '#platform/runtime';

export const exchange = defineContext({
  name: 'exchange',
  types: ['Subscription', 'MessageHeader', 'MessageDefinition', 'Basic', 'OperationOutcome', 'Parameters'],
});
