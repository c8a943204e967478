import { Inject, Injectable } from '@nestjs/common';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { LeasedWork } from '../leased-work.ts';
import { Deliveries, keyOf, type Delivery } from '../store/deliveries.ts';
import { PerformDelivery } from './perform-delivery.ts';

/** Delivers communications: one copy of the process at a time, in order to each endpoint, endpoints beside each other. */
@Injectable()
export class DeliverCommunications extends LeasedWork<Delivery> {
  constructor(
    @Inject(ContextDatabaseToken) database: ContextDatabase,
    @Inject(Deliveries) deliveries: Deliveries,
    @Inject(PerformDelivery) perform: PerformDelivery,
  ) {
    super(database, {
      name: 'deliver-communications',
      due: (busy, most) => deliveries.due(busy, most),
      keyOf,
      perform: (delivery, signal) => perform.next(delivery, signal),
    });
  }
}
