import { Matches } from 'class-validator';
import { idForm } from '#platform/fhir';
import { eventType } from '#platform/messaging';

export class BundleReceived {
  @Matches(idForm) bundle!: string;
}

/** Somebody else wrote a document or a notification message; for `transitions` itself. Ordered by the patient it names. */
export const bundleReceived = eventType('transitions', 'bundle.received', BundleReceived);
