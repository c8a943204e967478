import type { Content } from './subscription-request.ts';

export type SubscriptionState = 'requested' | 'active' | 'error' | 'off';

/** https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/CodeSystem-backport-notification-type-code-system.html */
export type NotificationType =
  'handshake' | 'heartbeat' | 'event-notification' | 'query-status' | 'query-event';

/** What a status tells of. */
export interface SubscriptionFigures {
  readonly id: string;
  readonly topic: string;
  readonly status: SubscriptionState;
  /** The number of the last event there was. */
  readonly events: number;
}

/** One event of one subscription; its number is given once and for all. */
export interface NumberedEvent {
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  readonly id: string;
  /** Whether the resource was new by it. */
  readonly created: boolean;
}

/** An event with its resource as the subscriber may see it, if it is to have it. */
export interface ToldEvent extends NumberedEvent {
  readonly text?: string | undefined;
}

export interface NotificationParts {
  /** Where the API is: `https://fhir.hospital.example/fhir/R4`; without it references are relative. */
  readonly base: string | undefined;
  readonly type: NotificationType;
  readonly content: Content;
  readonly subscription: SubscriptionFigures;
  readonly events: readonly ToldEvent[];
  /** Of the Bundle, and of its first entry. */
  readonly ids: readonly [bundle: string, status: string];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const guide = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/';

/**
 * A notification: a history Bundle with the status first, put together from texts so that every decimal stays as it was
 * written. https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription-notification-r4.html
 */
export function notificationBundle(parts: NotificationParts): string {
  const { base, content, subscription, events, ids, now } = parts;
  const [id, statusId] = ids;
  const head = {
    resourceType: 'Bundle',
    id,
    meta: { profile: [`${guide}backport-subscription-notification-r4`] },
    type: 'history',
    timestamp: new Date(now).toISOString(),
  };
  const status = {
    fullUrl: `urn:uuid:${statusId}`,
    resource: { ...subscriptionStatus(parts), id: statusId },
    request: { method: 'GET', url: address(base, `Subscription/${subscription.id}/$status`) },
    response: { status: '200' },
  };
  const told = content === 'empty' ? [] : events.map((event) => entryOf(event, content, base));
  return `${JSON.stringify(head).slice(0, -1)},"entry":[${[JSON.stringify(status), ...told].join(',')}]}`;
}

/** https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription-status-r4.html */
export function subscriptionStatus({
  base,
  type,
  content,
  subscription,
  events,
}: Pick<NotificationParts, 'base' | 'type' | 'content' | 'subscription' | 'events'>): object {
  const last = events.at(-1)?.number ?? subscription.events;
  return {
    resourceType: 'Parameters',
    meta: { profile: [`${guide}backport-subscription-status-r4`] },
    parameter: [
      {
        name: 'subscription',
        valueReference: { reference: address(base, `Subscription/${subscription.id}`) },
      },
      ...(content === 'empty' ? [] : [{ name: 'topic', valueCanonical: subscription.topic }]),
      { name: 'status', valueCode: subscription.status },
      { name: 'type', valueCode: type },
      {
        name: 'eventsSinceSubscriptionStart',
        // What is behind this notification comes with its own: a receiver that compares sees no gap.
        valueString: String(type === 'event-notification' ? last : subscription.events),
      },
      ...events.map((event) => eventParameter(event, content, base)),
    ],
  };
}

function eventParameter({ number, at, type, id }: NumberedEvent, content: Content, base: string | undefined) {
  const focus = { name: 'focus', valueReference: { reference: address(base, `${type}/${id}`) } };
  return {
    name: 'notificationEvent',
    part: [
      { name: 'eventNumber', valueString: String(number) },
      { name: 'timestamp', valueInstant: new Date(at).toISOString() },
      ...(content === 'empty' ? [] : [focus]),
    ],
  };
}

function entryOf({ type, id, created, text }: ToldEvent, content: Content, base: string | undefined): string {
  const url = `${type}/${id}`;
  const fullUrl = JSON.stringify(address(base, url));
  const request = JSON.stringify(created ? { method: 'POST', url: type } : { method: 'PUT', url });
  // Gone since, or no longer for this subscriber: the guide wants the entry all the same.
  const isMissing = content === 'full-resource' && text === undefined;
  const response = JSON.stringify({ status: isMissing ? '404' : created ? '201' : '200' });
  const resource = content === 'full-resource' && text !== undefined ? `"resource":${text},` : '';
  return `{"fullUrl":${fullUrl},${resource}"request":${request},"response":${response}}`;
}

function address(base: string | undefined, path: string): string {
  return base === undefined ? path : `${base}/${path}`;
}
