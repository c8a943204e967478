// https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-events.html
import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, readParameters } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { notificationBundle } from '../domain/notification.ts';
import { contents, type Content } from '../domain/subscription-request.ts';
import { topicOf } from '../domain/subscription-topic.ts';
import { FocusReader } from '../subscriptions/focus-reader.ts';
import { Notifications, type RecordedEvent } from '../store/notifications.ts';
import { Subscribers, type Subscriber } from '../store/subscribers.ts';

export const subscriptionEvents = operation('exchange', {
  name: 'events',
  level: 'instance',
  type: 'Subscription',
  readOnly: true,
  documentation:
    'Events of a subscription by their numbers, those that were not delivered included; kept for 30 days.',
  definition:
    'http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events',
});

const mostEvents = 100;

/**
 * `GET Subscription/[id]/$events?eventsSinceNumber=&eventsUntilNumber=&content=` answers a notification with the events
 * of these numbers, both included, at most the first 100. The caller needs the right to read what the topic tells of.
 * Faults: `forbidden`, `not-found`, `unknown-parameter`, `bad-parameter`.
 */
@Controller()
export class SubscriptionEventsOperation {
  readonly #store: ResourceStore;
  readonly #subscribers: Subscribers;
  readonly #notifications: Notifications;
  readonly #focus: FocusReader;

  constructor(
    @Inject(ResourceStoreToken) store: ResourceStore,
    @Inject(Subscribers) subscribers: Subscribers,
    @Inject(Notifications) notifications: Notifications,
    @Inject(FocusReader) focus: FocusReader,
  ) {
    this.#store = store;
    this.#subscribers = subscribers;
    this.#notifications = notifications;
    this.#focus = focus;
  }

  @Handles(subscriptionEvents.contract)
  async events(caller: Caller, request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    const id = String(request.id);
    const asked = readParameters(request, scope.texts[0], [
      'eventsSinceNumber',
      'eventsUntilNumber',
      'content',
    ]);
    const numberOf = (name: string, otherwise: number) =>
      readNumber(name, asked.get(name)?.at(-1), otherwise);
    const since = numberOf('eventsSinceNumber', 1);
    const until = numberOf('eventsUntilNumber', Number.MAX_SAFE_INTEGER);
    await this.#store.read(caller, { type: 'Subscription', id });
    const [subscription] = await this.#subscribers.find([id]);
    if (subscription === undefined)
      throw new Fault('not-found', 'This subscription has not begun. Read its status.');
    for (const type of topicOf(subscription.topic)?.types ?? []) assertScope(caller, type, 'r');
    const content = readContent(asked.get('content')?.at(-1)) ?? subscription.request.content;
    const events = await this.#notifications.between(id, since, until, mostEvents);
    await this.#record(caller, id, events);
    const told =
      content === 'full-resource'
        ? await this.#focus.read(caller, subscription.topic, events, scope)
        : events;
    return reply({}, [this.#bundle(request.base, subscription, content, told)]);
  }

  #bundle(
    base: string,
    subscription: Subscriber,
    content: Content,
    events: readonly RecordedEvent[],
  ): string {
    const ids = [randomUUID(), randomUUID()] as const;
    return notificationBundle({
      base,
      type: 'query-event',
      content,
      subscription,
      events,
      ids,
      now: Date.now(),
    });
  }

  /** That a patient had such an event is his data too, before any resource is read. */
  async #record(caller: Caller, id: string, events: readonly RecordedEvent[]): Promise<void> {
    await this.#store.recordDisclosure(caller, {
      action: 'R',
      type: 'Subscription',
      id,
      count: events.length,
      patients: [...new Set(events.flatMap(({ patients }) => patients))],
      detail: '$events',
    });
  }
}

function readNumber(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new Fault('bad-parameter', `The value of ${name} cannot be read: write a whole number.`);
}

function readContent(value: string | undefined): Content | undefined {
  const content = contents.find((each) => each === value);
  if (value === undefined || content !== undefined) return content;
  throw new Fault(
    'bad-parameter',
    `The value of content cannot be read: write one of ${contents.join(', ')}.`,
  );
}
