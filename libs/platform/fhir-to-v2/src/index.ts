/**
 * FHIR R4 as HL7 version 2.5.1 messages: the other way of #platform/v2-to-fhir, by the same tables. Pure.
 *
 *   encodeV2({ bundle, event?, sender, receiver, controlId, at, pack? }) → { text, event, leftOut }
 *
 * `bundle` is the JSON text of a Bundle. A document gives MDM^T02, a notification message (Da Vinci Alerts) the ADT that
 * says the same, anything else the ADT that `event` names. `text` leaves as UTF-8.
 */
export { encodeV2, type EncodedV2, type Party, type V2Request } from './encode-v2.ts';
export type { V2Event } from './events.ts';
