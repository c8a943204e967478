import { encounterDischarged } from '#encounters/contract';
import { defineContext, type ContextDefinition } from '#platform/runtime';
import { v2Received } from './contract/v2-events.ts';
import { DeliverNotifications } from './deliver-notifications.ts';
import { deliveryParts } from './delivery-parts.ts';
import { subscriptionTopics } from './domain/subscription-topic.ts';
import { FocusReader } from './focus-reader.ts';
import { importResources, ImportOperation } from './operations/import.ts';
import { subscriptionEvents, SubscriptionEventsOperation } from './operations/subscription-events.ts';
import { SubscriptionStatusOperation, subscriptionStatuses } from './operations/subscription-status.ts';
import { ResourceOwners } from './resource-owners.ts';
import { ruleParts } from './rule-parts.ts';
import { ServeSubscriber, subscriptionNotification } from './serve-subscriber.ts';
import { CreateSubscribers1764000000000 } from './store/migrations/1764000000000-create-subscribers.ts';
import { Notifications } from './store/notifications.ts';
import { Subscribers } from './store/subscribers.ts';
import { subscriptionChanged } from './subscription-changed.ts';
import { subscriptionRule } from './subscription-rule.ts';
import { SubscriptionListener } from './subscription.listener.ts';
import { TellSubscribers } from './tell-subscribers.ts';
import { heardOfMedications, heardOfTransitions, TopicListener } from './topic.listener.ts';
import { v2Parts } from './v2-parts.ts';

const types = [
  'Subscription',
  'MessageHeader',
  'MessageDefinition',
  'Basic',
  'OperationOutcome',
  'Parameters',
];

/** https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/CapabilityStatement-backport-subscription-server-r4.html */
const guide = 'http://hl7.org/fhir/uv/subscriptions-backport';
const subscriptionCapabilities = {
  extension: subscriptionTopics.map(({ url }) => ({
    url: `${guide}/StructureDefinition/capabilitystatement-subscriptiontopic-canonical`,
    valueCanonical: url,
  })),
  supportedProfile: [`${guide}/StructureDefinition/backport-subscription`],
};

/** @param neighbours The other contexts: what comes in through `exchange` is handed to whoever owns its type. */
export function exchangeBetween(neighbours: readonly ContextDefinition[]): ContextDefinition {
  const owners = new ResourceOwners([...neighbours, { name: 'exchange', types }]);
  return defineContext({
    name: 'exchange',
    types,
    rules: (partners) => [subscriptionRule((url) => partners.at(url, 'rest-hook')?.name)],
    operations: [
      importResources,
      ...subscriptionStatuses,
      subscriptionEvents,
      ...v2Parts.operations,
      ...deliveryParts.operations,
      ...ruleParts.operations,
    ],
    controllers: [
      ImportOperation,
      SubscriptionStatusOperation,
      SubscriptionEventsOperation,
      SubscriptionListener,
      TopicListener,
      ...v2Parts.controllers,
      ...deliveryParts.controllers,
      ...ruleParts.controllers,
    ],
    providers: [
      { provide: ResourceOwners, useValue: owners },
      Subscribers,
      Notifications,
      FocusReader,
      ServeSubscriber,
      DeliverNotifications,
      TellSubscribers,
      ...v2Parts.providers,
      ...deliveryParts.providers,
      ...ruleParts.providers,
    ],
    doors: v2Parts.doors,
    needs: neighbours.filter((neighbour) => neighbour.types.length > 0).map(({ name }) => name),
    exits: [subscriptionNotification, ...deliveryParts.exits],
    publishes: [subscriptionChanged, v2Received],
    hears: [
      subscriptionChanged,
      encounterDischarged,
      heardOfTransitions,
      heardOfMedications,
      v2Received,
      ...deliveryParts.hears,
    ],
    migrations: [
      CreateSubscribers1764000000000,
      ...v2Parts.migrations,
      ...deliveryParts.migrations,
      ...ruleParts.migrations,
    ],
    capabilities: {
      instantiates: [`${guide}/CapabilityStatement/backport-subscription-server-r4`],
      types: { Subscription: subscriptionCapabilities },
    },
  });
}
