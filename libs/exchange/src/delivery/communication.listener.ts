import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import type { Transaction } from '#platform/database';
import { Hears, type Delivery, type EventMessage } from '#platform/messaging';
import { communicationDue, type CommunicationDue } from '#transitions/contract';
import { Deliveries } from '../store/deliveries.ts';
import { DeliverCommunications } from './deliver-communications.ts';

/** Takes over what is to be told, once. */
@Controller()
export class CommunicationListener {
  readonly #deliveries: Deliveries;
  readonly #deliver: DeliverCommunications;

  constructor(
    @Inject(Deliveries) deliveries: Deliveries,
    @Inject(DeliverCommunications) deliver: DeliverCommunications,
  ) {
    this.#deliveries = deliveries;
    this.#deliver = deliver;
  }

  @Hears(communicationDue, 'deliver-communications')
  async due(
    _caller: Caller,
    { payload }: EventMessage<CommunicationDue>,
    delivery: Delivery<Transaction>,
  ): Promise<void> {
    await delivery.applyOnce((transaction) => this.#deliveries.add(transaction, payload));
    this.#deliver.poke();
  }
}
