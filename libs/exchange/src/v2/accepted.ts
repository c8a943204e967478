import type { Accepted } from '#platform/hl7v2';
import { mappedMessageTypes } from '#platform/v2-to-fhir';

/** What there are tables for; versions 2.1 to 2.8.2 differ in nothing that they read. */
export const accepted: Omit<Accepted, 'processingIds'> = {
  messageTypes: mappedMessageTypes,
  versions: [
    '2.1',
    '2.2',
    '2.3',
    '2.3.1',
    '2.4',
    '2.5',
    '2.5.1',
    '2.6',
    '2.7',
    '2.7.1',
    '2.8',
    '2.8.1',
    '2.8.2',
  ],
};
