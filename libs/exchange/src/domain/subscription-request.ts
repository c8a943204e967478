import { all, Fault, fields, type Issue } from '#platform/fhir';
import type { Resource } from '#platform/store';
import { readFilter, type SubscriptionFilter } from './subscription-filter.ts';
import { subscriptionTopics, topicOf, type SubscriptionTopic } from './subscription-topic.ts';

export const contents = ['empty', 'id-only', 'full-resource'] as const;
/** https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/ValueSet-backport-content-value-set.html */
export type Content = (typeof contents)[number];

/** What a client asks for by a Subscription, read and found to be possible. */
export interface SubscriptionRequest {
  readonly status: 'requested' | 'off';
  readonly topic: string;
  readonly filters: readonly SubscriptionFilter[];
  /** The name of the partner whose the endpoint is. */
  readonly partner: string;
  readonly endpoint: string;
  readonly content: Content;
  readonly mime: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxCount: number;
  readonly heartbeatSeconds?: number;
  readonly timeoutSeconds?: number;
  /** Milliseconds since the epoch. */
  readonly endsAt?: number;
}

/** Tells the name of the partner that receives notifications at an address. */
export type ReceiverAt = (url: string) => string | undefined;

const guide = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/';
const mimes = /^application\/(fhir\+)?json(; ?fhirVersion=4\.0)?$/;
/** What HTTP and the partner's declaration decide. */
const headersOfOurs =
  /^(authorization|proxy-.*|host|cookie|connection|content-.*|transfer-encoding|te|upgrade|accept-encoding)$/i;
const mostEvents = 50;
const longestTimeoutSeconds = 60;

/**
 * Reads a Subscription by the profile of R4 Backported R5 Subscriptions.
 * https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription.html
 *
 * @throws Fault `business-rule` with an issue for each thing that Septum does not do
 */
export function readSubscription(subscription: Resource, receiverAt: ReceiverAt): SubscriptionRequest {
  const issues: Issue[] = [];
  const refuse = (expression: string, diagnostics: string) =>
    void issues.push({ severity: 'error', code: 'business-rule', diagnostics, expression });
  const channel = fields(subscription['channel']);
  const topic = topicOf(String(subscription['criteria']));
  if (topic === undefined) {
    const urls = subscriptionTopics.map(({ url }) => url).join(', ');
    refuse('Subscription.criteria', `It is not the canonical URL of a topic here. There are: ${urls}.`);
  }
  const status = subscription['status'];
  if (status !== 'requested' && status !== 'off')
    refuse(
      'Subscription.status',
      'Write requested, to begin or to begin again, or off. The rest is for the server.',
    );
  const filters = topic === undefined ? [] : readFilters(topic, subscription, refuse);
  const request = { ...readEnd(subscription, refuse), ...readChannel(channel, receiverAt, refuse) };
  if (issues.length > 0 || topic === undefined)
    throw new Fault('business-rule', 'This subscription is not possible here; the issues say why.', {
      issues,
    });
  return { status: status as 'requested' | 'off', topic: topic.url, filters, ...request };
}

type Refuse = (expression: string, diagnostics: string) => void;

function readFilters(
  topic: SubscriptionTopic,
  subscription: Resource,
  refuse: Refuse,
): readonly SubscriptionFilter[] {
  return extensions(subscription['_criteria'], 'backport-filter-criteria').flatMap((extension, index) => {
    const read = readFilter(topic, String(extension['valueString']));
    if (typeof read !== 'string') return read;
    refuse(`Subscription.criteria.extension[${index}]`, read);
    return [];
  });
}

function readEnd({ end }: Resource, refuse: Refuse): Pick<SubscriptionRequest, 'endsAt'> {
  if (end === undefined) return {};
  const endsAt = Date.parse(String(end));
  if (endsAt <= 0 || Number.isNaN(endsAt)) refuse('Subscription.end', 'It cannot be read: write an instant.');
  return { endsAt };
}

function readChannel(
  channel: Record<string, unknown>,
  receiverAt: ReceiverAt,
  refuse: Refuse,
): Omit<SubscriptionRequest, 'status' | 'topic' | 'filters' | 'endsAt'> {
  const other = extensions(channel['_type'], 'backport-channel-type').length > 0;
  if (channel['type'] !== 'rest-hook' || other)
    refuse('Subscription.channel.type', 'Septum notifies by rest-hook only.');
  const endpoint = String(channel['endpoint']);
  const partner = receiverAt(endpoint);
  if (partner === undefined)
    refuse(
      'Subscription.channel.endpoint',
      'No partner of kind rest-hook is declared at this address. The operator of Septum has to declare it under partners.',
    );
  const mime = String(channel['payload']);
  if (!mimes.test(mime))
    refuse('Subscription.channel.payload', 'Write application/fhir+json; the FHIR version, if any, is 4.0.');
  const [content] = extensions(channel['_payload'], 'backport-payload-content');
  if (!contents.some((each) => each === content?.['valueCode']))
    refuse(
      'Subscription.channel.payload.extension',
      `Say by backport-payload-content: ${contents.join(', ')}.`,
    );
  return {
    endpoint,
    partner: partner ?? '',
    mime,
    content: content?.['valueCode'] as Content,
    headers: readHeaders(channel['header'], refuse),
    ...readNumbers(channel, refuse),
  };
}

function readNumbers(channel: Record<string, unknown>, refuse: Refuse) {
  const number = (name: string, value: string, most: number) => {
    const [extension] = extensions(channel, name);
    const given = extension?.[value];
    if (extension === undefined || given === 0) return undefined;
    if (Number.isInteger(given) && Number(given) > 0) return Math.min(Number(given), most);
    return void refuse('Subscription.channel.extension', `${name} is a whole number in ${value}.`);
  };
  const heartbeatSeconds = number('backport-heartbeat-period', 'valueUnsignedInt', 86_400);
  const timeoutSeconds = number('backport-timeout', 'valueUnsignedInt', longestTimeoutSeconds);
  return {
    maxCount: number('backport-max-count', 'valuePositiveInt', mostEvents) ?? 1,
    ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

function readHeaders(written: unknown, refuse: Refuse): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of Array.isArray(written) ? written : []) {
    const [, name, value] = /^([\w-]+): ?([\x20-\x7e]*)$/.exec(String(line)) ?? [];
    if (name === undefined || value === undefined || headersOfOurs.test(name))
      refuse(
        'Subscription.channel.header',
        'Write Name: value. A token for the receiver is declared with the partner, never here.',
      );
    else headers[name] = value;
  }
  return headers;
}

function extensions(element: unknown, name: string): Record<string, unknown>[] {
  const { extension } = fields(element);
  return all(extension).filter(({ url }) => url === `${guide}${name}`);
}
