import { defineContext, type ContextDefinition } from '#platform/runtime';
import { importResources, ImportOperation } from './operations/import.ts';
import { ResourceOwners } from './resource-owners.ts';

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
    operations: [importResources],
    controllers: [ImportOperation],
    providers: [{ provide: ResourceOwners, useValue: owners }],
    needs: neighbours.filter((neighbour) => neighbour.types.length > 0).map(({ name }) => name),
  });
}
