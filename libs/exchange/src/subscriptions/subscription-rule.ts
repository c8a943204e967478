import { hasScope, systemCaller } from '#platform/access';
import { Fault } from '#platform/fhir';
import type { WriteRule } from '#platform/store';
import { readSubscription, type ReceiverAt } from '../domain/subscription-request.ts';
import { topicOf } from '../domain/subscription-topic.ts';
import { subscriptionChanged } from './subscription-changed.ts';

const ourselves = systemCaller('exchange').subject;

/** Who may subscribe, and to what. What it admits is told to `exchange` itself, with the rights of who wrote it. */
export function subscriptionRule(receiverAt: ReceiverAt): WriteRule {
  return {
    type: 'Subscription',
    decide(before, after, _localReference, writer) {
      if (writer.kind === 'system' && writer.subject === ourselves) return [];
      const subscription = String((after ?? before)?.['id']);
      const orderKey = `Subscription/${subscription}`;
      if (after === undefined) return [{ type: subscriptionChanged, orderKey, payload: { subscription } }];
      if (writer.patients !== undefined) {
        throw new Fault(
          'forbidden',
          'A caller confined to patients cannot subscribe. Use a system client, and filter by patient.',
        );
      }
      const request = readSubscription(after, receiverAt);
      const missing = topicOf(request.topic)?.types.find((type) => !hasScope(writer, type, 'r'));
      if (missing !== undefined) {
        throw new Fault(
          'forbidden',
          `The topic tells of ${missing}, which this token may not read. Ask for a scope such as system/${missing}.r.`,
        );
      }
      return [{ type: subscriptionChanged, orderKey, payload: { subscription, request, writer } }];
    },
  };
}
