/** How a filter finds its values in a resource, see https://hl7.org/fhir/R4/search.html#table for the two kinds. */
export interface TopicFilter {
  readonly kind: 'reference' | 'token';
  readonly element: string;
  /** Of a reference: what a bare id means. */
  readonly target?: string;
}

/**
 * What can be subscribed to. R4 has no SubscriptionTopic: topics are known by their canonical URLs, which the
 * CapabilityStatement lists. https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/components.html
 */
export interface SubscriptionTopic {
  readonly url: string;
  readonly context: string;
  /** Types of the resources that it tells of. */
  readonly types: readonly string[];
  /** By the key that `filterBy` names. */
  readonly filters: Readonly<Record<string, TopicFilter>>;
}

const patient: TopicFilter = { kind: 'reference', element: 'subject', target: 'Patient' };
const status: TopicFilter = { kind: 'token', element: 'status' };

/** A stay in our care ended: an Encounter became `finished`. */
export const encounterEnd: SubscriptionTopic = {
  url: 'urn:septum:subscription-topic:encounter-end',
  context: 'encounters',
  types: ['Encounter'],
  filters: {
    patient,
    class: { kind: 'token', element: 'class' },
    type: { kind: 'token', element: 'type' },
    'service-provider': { kind: 'reference', element: 'serviceProvider', target: 'Organization' },
  },
};

/** A DocumentReference was created. */
export const newDocument: SubscriptionTopic = {
  url: 'urn:septum:subscription-topic:new-document',
  context: 'transitions',
  types: ['DocumentReference'],
  filters: {
    patient,
    type: { kind: 'token', element: 'type' },
    category: { kind: 'token', element: 'category' },
  },
};

/** What a patient is to take was ordered or stated, or an order or statement changed. */
export const medicationChange: SubscriptionTopic = {
  url: 'urn:septum:subscription-topic:medication-change',
  context: 'medications',
  types: ['MedicationRequest', 'MedicationStatement'],
  filters: { patient, status },
};

export const subscriptionTopics: readonly SubscriptionTopic[] = [encounterEnd, newDocument, medicationChange];

export function topicOf(url: string): SubscriptionTopic | undefined {
  return subscriptionTopics.find((topic) => topic.url === url);
}
