import { Inject, Injectable } from '@nestjs/common';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { LeasedWork } from '../leased-work.ts';
import { ServeSubscriber } from './serve-subscriber.ts';
import { Notifications } from '../store/notifications.ts';
import { Subscribers, type Subscriber } from '../store/subscribers.ts';

/** Delivers notifications: one copy of the process at a time, one notification of a subscriber at a time. */
@Injectable()
export class DeliverNotifications extends LeasedWork<Subscriber> {
  constructor(
    @Inject(ContextDatabaseToken) database: ContextDatabase,
    @Inject(Subscribers) subscribers: Subscribers,
    @Inject(Notifications) notifications: Notifications,
    @Inject(ServeSubscriber) serve: ServeSubscriber,
  ) {
    super(database, {
      name: 'deliver-notifications',
      due: (busy, most) => subscribers.due(busy, most),
      keyOf: ({ id }) => id,
      perform: (subscriber, signal) => serve.next(subscriber, signal),
      sweep: () => notifications.sweep(),
    });
  }
}
