import { fields, words } from '#platform/fhir';
import type { Resource } from '#platform/store';

/**
 * Where a line of the history comes from, in words, as its own resource says it: who told of it (`informationSource`,
 * `reported[x]`), the system that sent it (`meta.source`, as HL7 v2 listeners set it), and, for what another server
 * keeps, that server. Nothing when the resource says none of these.
 *
 * @param keeper The server that keeps it, when this installation does not.
 */
export function lineOrigin(resource: Resource, keeper?: string): string | undefined {
  const parts = [informant(resource), words(fields(resource['meta'])['source']), keeper];
  const told = parts.filter((each) => each !== undefined);
  return told.length === 0 ? undefined : [...new Set(told)].join(', ');
}

/** https://hl7.org/fhir/R4/medicationrequest-definitions.html#MedicationRequest.reported_x_ */
function informant(resource: Resource): string | undefined {
  const reference = fields(resource['informationSource'] ?? resource['reportedReference']);
  const named = words(reference['display']) ?? words(reference['reference']);
  if (named !== undefined) return `told by ${named}`;
  return resource['reportedBoolean'] === true ? 'reported, not ordered here' : undefined;
}
