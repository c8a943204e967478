import { withMembers } from '#platform/fhir';
import { fact } from './fact.ts';
import type { WrittenResource } from './discharge-composition.ts';

const members: Readonly<Record<string, readonly string[]>> = {
  Composition: ['status'],
  DocumentReference: ['status', 'docStatus'],
};

/**
 * A part of a document as it is told that the document should not have been made; undefined when it says so already.
 * All else stays as it is. https://hl7.org/fhir/R4/valueset-composition-status.html
 */
export function withdrawn(text: string): WrittenResource | undefined {
  const { type, id, fields } = fact(text);
  if (fields['status'] === 'entered-in-error') return undefined;
  const replacements = Object.fromEntries((members[type] ?? []).map((name) => [name, 'entered-in-error']));
  return { type, id, text: withMembers(text, replacements) };
}
