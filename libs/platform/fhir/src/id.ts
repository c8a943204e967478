import { createHash } from 'node:crypto';

/** What an id looks like. https://hl7.org/fhir/R4/datatypes.html#id */
export const idForm = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * The id of what is made because of something else: from the same words always the same, so that whoever makes it, and
 * however often, writes the same resource. A UUID of version 8. https://www.rfc-editor.org/rfc/rfc9562#section-5.8
 */
export function derivedId(...from: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(from)).digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/**
 * The id of a resource of which nobody here knows more than an identifier: whichever way the first news of it comes, a
 * message or a document, and if both come at once, it is one resource.
 */
export function identifiedId(
  type: string,
  { system = '', value }: { readonly system?: string; readonly value: string },
): string {
  return derivedId('identified', type, system, value);
}

/**
 * By which of several identifiers a patient is known, the best first: those that one organisation gives each of its
 * patients once. Codes of https://terminology.hl7.org/CodeSystem-v2-0203.html
 */
export const patientIdentifierTypes: readonly string[] = ['MR', 'PI', 'PT', 'PN'];
