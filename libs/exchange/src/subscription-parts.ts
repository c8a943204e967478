import { encounterDischarged } from '#encounters/contract';
import type { Partners } from '#platform/outbound';
import { subscriptionTopics } from './domain/subscription-topic.ts';
import { subscriptionEvents, SubscriptionEventsOperation } from './operations/subscription-events.ts';
import { SubscriptionStatusOperation, subscriptionStatuses } from './operations/subscription-status.ts';
import { CreateSubscribers1764000000000 } from './store/migrations/1764000000000-create-subscribers.ts';
import { Notifications } from './store/notifications.ts';
import { Subscribers } from './store/subscribers.ts';
import { DeliverNotifications } from './subscriptions/deliver-notifications.ts';
import { FocusReader } from './subscriptions/focus-reader.ts';
import { ServeSubscriber, subscriptionNotification } from './subscriptions/serve-subscriber.ts';
import { subscriptionChanged } from './subscriptions/subscription-changed.ts';
import { subscriptionRule } from './subscriptions/subscription-rule.ts';
import { SubscriptionListener } from './subscriptions/subscription.listener.ts';
import { TellSubscribers } from './subscriptions/tell-subscribers.ts';
import { heardOfMedications, heardOfTransitions, TopicListener } from './subscriptions/topic.listener.ts';

/** https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/CapabilityStatement-backport-subscription-server-r4.html */
const guide = 'http://hl7.org/fhir/uv/subscriptions-backport';
const topics = subscriptionTopics.map(({ url }) => ({
  url: `${guide}/StructureDefinition/capabilitystatement-subscriptiontopic-canonical`,
  valueCanonical: url,
}));

/** What the context has for subscribers: what happened is heard, numbered for each of them, and told until it is taken. */
export const subscriptionParts = {
  rules: (partners: Partners) => [subscriptionRule((url) => partners.at(url, 'rest-hook')?.name)],
  operations: [...subscriptionStatuses, subscriptionEvents],
  controllers: [
    SubscriptionStatusOperation,
    SubscriptionEventsOperation,
    SubscriptionListener,
    TopicListener,
  ],
  providers: [
    Subscribers,
    Notifications,
    FocusReader,
    ServeSubscriber,
    DeliverNotifications,
    TellSubscribers,
  ],
  exits: [subscriptionNotification],
  publishes: [subscriptionChanged],
  hears: [subscriptionChanged, encounterDischarged, heardOfTransitions, heardOfMedications],
  migrations: [CreateSubscribers1764000000000],
  capabilities: {
    instantiates: [`${guide}/CapabilityStatement/backport-subscription-server-r4`],
    types: {
      Subscription: {
        extension: topics,
        supportedProfile: [`${guide}/StructureDefinition/backport-subscription`],
      },
    },
  },
};
