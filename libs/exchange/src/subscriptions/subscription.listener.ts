import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { DeliverNotifications } from './deliver-notifications.ts';
import { Subscribers } from '../store/subscribers.ts';
import { subscriptionChanged, type SubscriptionChanged } from './subscription-changed.ts';

/** Takes over what clients write of their subscriptions, in the order they wrote it. */
@Controller()
export class SubscriptionListener {
  readonly #subscribers: Subscribers;
  readonly #deliver: DeliverNotifications;

  constructor(
    @Inject(Subscribers) subscribers: Subscribers,
    @Inject(DeliverNotifications) deliver: DeliverNotifications,
  ) {
    this.#subscribers = subscribers;
    this.#deliver = deliver;
  }

  @Hears(subscriptionChanged, 'follow-subscriptions')
  async changed(
    _caller: Caller,
    { payload }: EventMessage<SubscriptionChanged>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    const { subscription, request, writer } = payload;
    await delivery.applyOnce(async (transaction) => {
      if (request === undefined || writer === undefined)
        await this.#subscribers.remove(transaction, subscription);
      else await this.#subscribers.put(transaction, subscription, request, writer);
    });
    this.#deliver.poke();
  }
}
