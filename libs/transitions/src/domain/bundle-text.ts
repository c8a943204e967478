import type { WrittenResource } from './discharge-composition.ts';

/**
 * The base of the full URLs inside a document or a message where the address of this installation is not known: they
 * bind its parts together and are not for calling. https://hl7.org/fhir/R4/documents.html#content
 */
export const documentBase = 'https://septum.invalid/fhir/R4';

/** A Bundle of resources, each as it is written. */
export function bundleText(head: object, parts: readonly WrittenResource[], base = documentBase): string {
  const entries = parts.map(
    ({ type, id, text }) => `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},"resource":${text}}`,
  );
  return `${JSON.stringify(head).slice(0, -1)},"entry":[${entries.join(',')}]}`;
}
