// https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-status.html
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, type Operation, readParameters } from '#platform/runtime';
import { ResourceStoreToken, type Resource, type ResourceStore } from '#platform/store';
import {
  subscriptionStatus,
  type SubscriptionFigures,
  type SubscriptionState,
} from '../domain/notification.ts';
import { Subscribers } from '../store/subscribers.ts';

const ofInstance = operation('exchange', {
  name: 'status',
  level: 'instance',
  type: 'Subscription',
  readOnly: true,
  documentation:
    'How a subscription is, and how many events it has had; on the type, of all or some of them.',
  definition:
    'http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status',
});

/** `$status` on an instance and on the type: one contract. */
export const subscriptionStatuses: readonly Operation[] = [ofInstance, { ...ofInstance, level: 'type' }];

const mostAtOnce = 1_000;

/**
 * `GET Subscription/[id]/$status`, `GET Subscription/$status?id=&status=` answer a searchset Bundle with the status of
 * each Subscription that the caller may see. Faults: `forbidden`, `not-found`, `unknown-parameter`, `too-costly`.
 */
@Controller()
export class SubscriptionStatusOperation {
  readonly #store: ResourceStore;
  readonly #subscribers: Subscribers;

  constructor(
    @Inject(ResourceStoreToken) store: ResourceStore,
    @Inject(Subscribers) subscribers: Subscribers,
  ) {
    this.#store = store;
    this.#subscribers = subscribers;
  }

  @Handles(ofInstance.contract)
  async status(caller: Caller, request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    assertScope(caller, 'Subscription', 'r');
    const { id, base } = request;
    const asked = readParameters(request, scope.texts[0], ['id', 'status']);
    const only = (name: string) => new Set(asked.get(name)?.flatMap((value) => value.split(',')));
    const ids = only('id');
    const resources = id === undefined ? await this.#known(caller, [...ids]) : [await this.#one(caller, id)];
    const found = await this.#figuresOf(resources);
    const states = id === undefined ? only('status') : new Set<string>();
    const entry = found
      .filter(({ status }) => states.size === 0 || states.has(status))
      .map((subscription) => ({
        fullUrl: `${base}/Subscription/${subscription.id}/$status`,
        resource: subscriptionStatus({
          base,
          type: 'query-status',
          content: 'id-only',
          subscription,
          events: [],
        }),
        search: { mode: 'match' },
      }));
    const bundle = { resourceType: 'Bundle', type: 'searchset', total: entry.length };
    return reply({}, [JSON.stringify({ ...bundle, ...(entry.length === 0 ? {} : { entry }) })]);
  }

  async #one(caller: Caller, id: string): Promise<Resource> {
    const { texts } = await this.#store.read(caller, { type: 'Subscription', id });
    return JSON.parse(texts[0]!) as Resource;
  }

  /** Those asked for, or all; of either only what the caller may see. */
  async #known(caller: Caller, ids: readonly string[]): Promise<Resource[]> {
    if (ids.length > 0) {
      const references = ids.map((id) => `Subscription/${id}`);
      const { texts } = await this.#store.readMany(caller, { references });
      return texts.map((text) => JSON.parse(text) as Resource);
    }
    const search = { filters: [], sort: [], count: mostAtOnce, total: 'none' as const };
    const { result, texts } = await this.#store.search(caller, { type: 'Subscription', search });
    if (result.next !== undefined)
      throw new Fault('too-costly', `There are more than ${mostAtOnce} subscriptions. Ask for some by id.`);
    return texts.map((text) => JSON.parse(text) as Resource);
  }

  /** One that is not known to be served, for it was written a moment ago, has had no events. */
  async #figuresOf(resources: readonly Resource[]): Promise<SubscriptionFigures[]> {
    const ids = resources.map(({ id }) => String(id));
    const served = new Map((await this.#subscribers.find(ids)).map((each) => [each.id, each]));
    return resources.map((resource) => ({
      id: String(resource['id']),
      topic: String(resource['criteria']),
      status: resource['status'] as SubscriptionState,
      events: served.get(String(resource['id']))?.events ?? 0,
    }));
  }
}
