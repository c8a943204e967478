import { Controller, Inject } from '@nestjs/common';
import { encounterDischarged, type EncounterEvent } from '#encounters/contract';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { resourceChanged, type ResourceChanged } from '#platform/store';
import {
  encounterEnd,
  medicationChange,
  newDocument,
  type SubscriptionTopic,
} from '../domain/subscription-topic.ts';
import { TellSubscribers } from './tell-subscribers.ts';

export const heardOfTransitions = resourceChanged('transitions');
export const heardOfMedications = resourceChanged('medications');

/** For ever: what was applied is kept under it. */
const subscription = 'notify-subscribers';

/** Which events of the contexts are events of which topic. */
@Controller()
export class TopicListener {
  readonly #tell: TellSubscribers;

  constructor(@Inject(TellSubscribers) tell: TellSubscribers) {
    this.#tell = tell;
  }

  @Hears(encounterDischarged, subscription)
  async discharged(
    caller: Caller,
    { payload, occurredAt }: EventMessage<EncounterEvent>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    const focus = { type: 'Encounter', id: payload.encounter, created: false, at: occurredAt };
    await this.#tell.of(caller, encounterEnd, focus, delivery);
  }

  @Hears(heardOfTransitions, subscription)
  async documented(
    caller: Caller,
    event: EventMessage<ResourceChanged>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (event.payload.change === 'created') await this.#changed(caller, newDocument, event, delivery);
  }

  @Hears(heardOfMedications, subscription)
  async medicated(
    caller: Caller,
    event: EventMessage<ResourceChanged>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    if (event.payload.change !== 'deleted') await this.#changed(caller, medicationChange, event, delivery);
  }

  async #changed(
    caller: Caller,
    topic: SubscriptionTopic,
    { payload, occurredAt }: EventMessage<ResourceChanged>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    const { type, id, change } = payload;
    if (!topic.types.includes(type)) return;
    await this.#tell.of(caller, topic, { type, id, created: change === 'created', at: occurredAt }, delivery);
  }
}
