import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Messenger, type Delivery } from '#platform/messaging';
import {
  resourceContracts,
  ResourceStoreToken,
  type LocalReference,
  type Resource,
  type ResourceStore,
} from '#platform/store';
import { DeliverNotifications } from './deliver-notifications.ts';
import { meets, patientsOf } from '../domain/subscription-filter.ts';
import type { SubscriptionTopic } from '../domain/subscription-topic.ts';
import { Notifications, type TopicEvent } from '../store/notifications.ts';
import { Subscribers } from '../store/subscribers.ts';

/** Gives an event of a topic its number with each subscriber whom it concerns: once, however often it is heard. */
@Injectable()
export class TellSubscribers {
  readonly #messenger: Messenger;
  readonly #localReference: LocalReference;
  readonly #subscribers: Subscribers;
  readonly #notifications: Notifications;
  readonly #deliver: DeliverNotifications;

  constructor(
    @Inject(Messenger) messenger: Messenger,
    @Inject(ResourceStoreToken) { localReference }: ResourceStore,
    @Inject(Subscribers) subscribers: Subscribers,
    @Inject(Notifications) notifications: Notifications,
    @Inject(DeliverNotifications) deliver: DeliverNotifications,
  ) {
    this.#messenger = messenger;
    this.#localReference = localReference;
    this.#subscribers = subscribers;
    this.#notifications = notifications;
    this.#deliver = deliver;
  }

  async of(
    caller: Caller,
    topic: SubscriptionTopic,
    focus: Omit<TopicEvent, 'patients'>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    const subscribers = await this.#subscribers.of(topic.url);
    const resource = subscribers.length === 0 ? undefined : await this.#read(caller, topic, focus);
    // Gone by now: there is nothing left to tell of.
    if (resource === undefined) return;
    const concerned = subscribers.filter(({ request }) =>
      meets(resource, topic, request.filters, this.#localReference),
    );
    const event = { ...focus, patients: patientsOf(resource, this.#localReference) };
    await delivery.applyOnce((transaction) =>
      this.#notifications.number(
        transaction,
        concerned.map(({ id }) => id),
        event,
      ),
    );
    this.#deliver.poke();
  }

  async #read(
    caller: Caller,
    { context }: SubscriptionTopic,
    { type, id }: Omit<TopicEvent, 'patients'>,
  ): Promise<Resource | undefined> {
    const { readMany } = resourceContracts(context);
    const { texts } = await this.#messenger.call(caller, readMany, { references: [`${type}/${id}`] });
    return texts[0] === undefined ? undefined : (JSON.parse(texts[0]) as Resource);
  }
}
