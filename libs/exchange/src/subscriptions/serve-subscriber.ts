import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { systemCaller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { exit, OutboundHttp, type Disclosure } from '#platform/outbound';
import { ResourceStoreToken, type Resource, type ResourceStore } from '#platform/store';
import { pauseBeforeNext } from '../domain/delivery-pause.ts';
import {
  notificationBundle,
  type NotificationType,
  type SubscriptionState,
  type ToldEvent,
} from '../domain/notification.ts';
import { FocusReader } from './focus-reader.ts';
import { Notifications, type RecordedEvent } from '../store/notifications.ts';
import { Subscribers, type Subscriber } from '../store/subscribers.ts';

export const subscriptionNotification = exit('exchange', {
  name: 'subscription-notification',
  kind: 'rest-hook',
  action: 'R',
  documentation:
    'A notification of a Subscription to its endpoint: by its content nothing but a number, ids, or whole resources.',
});

const shortPauseMs = 1_000;
/** Whoever receives a notification must be able to hold it. */
const mostTextLength = 8 * 1024 * 1024;

/** Does for one subscriber what is to be done next: handshake, notification, heartbeat, or its end. */
@Injectable()
export class ServeSubscriber {
  readonly #outbound: OutboundHttp;
  readonly #store: ResourceStore;
  readonly #subscribers: Subscribers;
  readonly #notifications: Notifications;
  readonly #focus: FocusReader;
  readonly #caller = systemCaller('exchange');

  constructor(
    @Inject(OutboundHttp) outbound: OutboundHttp,
    @Inject(ResourceStoreToken) store: ResourceStore,
    @Inject(Subscribers) subscribers: Subscribers,
    @Inject(Notifications) notifications: Notifications,
    @Inject(FocusReader) focus: FocusReader,
  ) {
    this.#outbound = outbound;
    this.#store = store;
    this.#subscribers = subscribers;
    this.#notifications = notifications;
    this.#focus = focus;
  }

  /** What fails by no fault of the receiver's is left for a moment later, and thrown. */
  async next(subscriber: Subscriber, signal: AbortSignal): Promise<void> {
    try {
      await this.#next(subscriber, signal);
    } catch (error) {
      await this.#subscribers.postpone(subscriber, shortPauseMs, false);
      throw error;
    }
  }

  async #next(subscriber: Subscriber, signal: AbortSignal): Promise<void> {
    if (subscriber.hasEnded) return this.#settle(subscriber, 'off');
    if (subscriber.status === 'requested') {
      const failure = await this.#send(subscriber, 'handshake', [], signal);
      return this.#settle(subscriber, failure === undefined ? 'active' : 'error', failure);
    }
    if (subscriber.delivered < subscriber.events) return this.#notify(subscriber, signal);
    const failure = await this.#send(subscriber, 'heartbeat', [], signal);
    await (failure === undefined
      ? this.#subscribers.taken(subscriber, subscriber.delivered)
      : this.#failed(subscriber, failure));
  }

  async #notify(subscriber: Subscriber, signal: AbortSignal): Promise<void> {
    const { id, delivered, events: last, request } = subscriber;
    const events = await this.#notifications.between(id, delivered + 1, last, request.maxCount);
    // Swept away by now, since nobody came for them.
    if (events.length === 0) return this.#subscribers.taken(subscriber, last);
    const told = await this.#told(subscriber, events);
    const failure = await this.#send(subscriber, 'event-notification', told, signal);
    await (failure === undefined
      ? this.#subscribers.taken(subscriber, told.at(-1)!.number)
      : this.#failed(subscriber, failure));
  }

  async #told(
    { topic, writer, request }: Subscriber,
    events: readonly RecordedEvent[],
  ): Promise<readonly (ToldEvent & RecordedEvent)[]> {
    if (request.content !== 'full-resource') return events;
    const told = await this.#focus.read(this.#focus.readerFor(writer, topic), topic, events);
    let length = 0;
    return told.filter(({ text = '' }, index) => (length += text.length) <= mostTextLength || index === 0);
  }

  /** @returns why the receiver did not take it, without anything of a patient; undefined when it did */
  async #send(
    subscriber: Subscriber,
    type: NotificationType,
    events: readonly (ToldEvent & RecordedEvent)[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { request, topic, writer } = subscriber;
    const { content, mime, timeoutSeconds } = request;
    const ids = [randomUUID(), randomUUID()] as const;
    const now = Date.now();
    const body = notificationBundle({
      base: this.#store.ownBase,
      type,
      content,
      subscription: subscriber,
      events,
      ids,
      now,
    });
    try {
      const { status } = await this.#outbound.request(
        this.#focus.readerFor(writer, topic),
        subscriptionNotification,
        {
          partner: request.partner,
          method: 'POST',
          url: request.endpoint,
          headers: { ...request.headers, 'content-type': mime, accept: mime },
          body,
          concerns: disclosed(events),
          signal,
          ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
        },
      );
      return status >= 200 && status < 300 ? undefined : `The receiver answered ${status}.`;
    } catch (error) {
      if (error instanceof Fault && !signal.aborted) return error.message;
      throw error;
    }
  }

  async #failed(subscriber: Subscriber, failure: string): Promise<void> {
    const { failures, failingForMs, request } = subscriber;
    const retryForMs = this.#outbound.partners.named(request.partner)?.retryForMs ?? 0;
    const pauseMs = pauseBeforeNext(failures + 1, failingForMs, retryForMs);
    if (pauseMs === undefined) await this.#settle(subscriber, 'error', failure);
    else await this.#subscribers.postpone(subscriber, pauseMs, true);
  }

  /** The new state, in the table and in the Subscription, unless the client has written it anew in the meantime. */
  async #settle(subscriber: Subscriber, status: SubscriptionState, failure?: string): Promise<void> {
    const { id } = subscriber;
    const { result, texts } = await this.#store.readMany(this.#caller, {
      references: [`Subscription/${id}`],
    });
    const [stored] = result;
    const { error: _, ...resource } = JSON.parse(texts[0] ?? '{}') as Resource;
    if (stored === undefined || resource['status'] !== subscriber.status)
      return this.#subscribers.postpone(subscriber, shortPauseMs, false);
    const text = JSON.stringify({
      ...resource,
      status,
      ...(failure === undefined ? {} : { error: failure }),
    });
    const request = { method: 'update' as const, type: 'Subscription', id, ifMatch: stored.version };
    await this.#subscribers.transact(async (transaction) => {
      if (await this.#subscribers.settle(transaction, subscriber, status))
        await this.#store.writeIn(transaction, this.#caller, [{ request, text }]);
    });
  }
}

function disclosed(events: readonly RecordedEvent[]): Disclosure | 'nobody' {
  const [first] = events;
  if (first === undefined) return 'nobody';
  const types = new Set(events.map(({ type }) => type));
  return {
    type: types.size === 1 ? first.type : 'Resource',
    count: events.length,
    patients: [...new Set(events.flatMap(({ patients }) => patients))],
    ...(events.length === 1 ? { id: first.id } : {}),
  };
}
