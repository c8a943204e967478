import { defineContext, type ContextDefinition } from '#platform/runtime';
import { deliveryParts } from './delivery-parts.ts';
import { importResources, ImportOperation } from './operations/import.ts';
import { ResourceOwners } from './resource-owners.ts';
import { ruleParts } from './rule-parts.ts';
import { subscriptionParts } from './subscription-parts.ts';
import { v2Parts } from './v2-parts.ts';

const types = [
  'Subscription',
  'MessageHeader',
  'MessageDefinition',
  'Basic',
  'OperationOutcome',
  'Parameters',
];

/** @param neighbours The other contexts: what comes in through `exchange` is handed to whoever owns its type. */
export function exchangeBetween(neighbours: readonly ContextDefinition[]): ContextDefinition {
  const owners = new ResourceOwners([...neighbours, { name: 'exchange', types }]);
  return defineContext({
    name: 'exchange',
    types,
    rules: subscriptionParts.rules,
    operations: [
      importResources,
      ...subscriptionParts.operations,
      ...v2Parts.operations,
      ...deliveryParts.operations,
      ...ruleParts.operations,
    ],
    controllers: [
      ImportOperation,
      ...subscriptionParts.controllers,
      ...v2Parts.controllers,
      ...deliveryParts.controllers,
      ...ruleParts.controllers,
    ],
    providers: [
      { provide: ResourceOwners, useValue: owners },
      ...subscriptionParts.providers,
      ...v2Parts.providers,
      ...deliveryParts.providers,
      ...ruleParts.providers,
    ],
    doors: v2Parts.doors,
    needs: neighbours.filter((neighbour) => neighbour.types.length > 0).map(({ name }) => name),
    exits: [...subscriptionParts.exits, ...deliveryParts.exits],
    publishes: [...subscriptionParts.publishes, ...v2Parts.publishes],
    hears: [...subscriptionParts.hears, ...v2Parts.hears, ...deliveryParts.hears],
    migrations: [
      ...subscriptionParts.migrations,
      ...v2Parts.migrations,
      ...deliveryParts.migrations,
      ...ruleParts.migrations,
    ],
    capabilities: subscriptionParts.capabilities,
  });
}
