import type { WrittenResource } from './discharge-composition.ts';

/**
 * The base of the full URLs inside a document or a message. It leaves the house and outlives its addresses: the URLs bind
 * its parts together and are not for calling. https://hl7.org/fhir/R4/documents.html#content
 */
export const documentBase = 'https://septum.invalid/fhir/R4';

/** A Bundle of resources, each as it is written. */
export function bundleText(head: object, parts: readonly WrittenResource[]): string {
  const entries = parts.map(
    ({ type, id, text }) =>
      `{"fullUrl":${JSON.stringify(`${documentBase}/${type}/${id}`)},"resource":${text}}`,
  );
  return `${JSON.stringify(head).slice(0, -1)},"entry":[${entries.join(',')}]}`;
}
