import { hasScope, type Caller } from '#platform/access';

/**
 * The caller as whom a subscriber's resources are read: this part, which alone can speak for itself in every topology,
 * with no more rights than the subscriber has. The audit of the context that is read names the subscriber as client.
 */
export function onBehalfOf(part: Caller, subscriber: Caller, types: readonly string[]): Caller {
  const readable = types.filter((type) => hasScope(subscriber, type, 'r'));
  return Object.freeze({
    ...part,
    client: subscriber.client,
    purposeOfUse: subscriber.purposeOfUse,
    scopes: Object.freeze(readable.map((type) => `system/${type}.r`)),
    ...(subscriber.patients === undefined ? {} : { patients: subscriber.patients }),
  });
}
