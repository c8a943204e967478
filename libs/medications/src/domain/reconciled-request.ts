import { Fault, fields, memberTexts, objectText, words } from '#platform/fhir';
import type { LocalReference, Resource } from '#platform/store';
import { conceptText } from './element.ts';
import type { TherapyLine } from './therapy-line.ts';

export interface RequestContext {
  readonly reconciliation: string;
  /** Ids. */
  readonly encounter: string;
  readonly patient: string;
  /** ISO 8601. */
  readonly at: string;
  readonly localReference: LocalReference;
}

/** The text of an own order or statement with another status; every digit of the rest stays as it is. */
export function endedText({ text, source }: TherapyLine, status: string, reason?: string): string {
  const members = memberTexts(text!);
  members.set('status', JSON.stringify(status));
  members.delete('statusReason');
  if (reason !== undefined) {
    const concept = { text: reason };
    members.set('statusReason', JSON.stringify(source.code === 'statement' ? [concept] : concept));
  }
  return objectText(members);
}

/** The new order that was sent with a decision, for this patient and stay whether or not it says so. */
export function newRequest(
  sent: string,
  line: TherapyLine,
  id: string,
  context: RequestContext,
): { readonly text: string; readonly medication: string | undefined } {
  const request = parsed(sent);
  if (request['resourceType'] !== 'MedicationRequest')
    throw invalid('it is no MedicationRequest', 'resourceType');
  const subject = fields(request['subject'])['reference'];
  if (subject !== undefined && context.localReference(subject) !== `Patient/${context.patient}`)
    throw invalid('its subject is not the patient of the encounter. Leave the subject out', 'subject');
  if (request['status'] !== undefined && request['status'] !== 'active')
    throw invalid('it is not active. An order that takes the place of another is', 'status');
  const members = memberTexts(sent);
  const set = (name: string, value: unknown) => members.set(name, JSON.stringify(value));
  set('id', id);
  set('subject', { reference: `Patient/${context.patient}` });
  set('status', 'active');
  const defaults: Resource = {
    intent: 'order',
    encounter: { reference: `Encounter/${context.encounter}` },
    authoredOn: context.at,
    ...(line.source.code === 'request' ? { priorPrescription: { reference: line.reference } } : {}),
  };
  for (const [name, value] of Object.entries(defaults)) if (!members.has(name)) set(name, value);
  const told = conceptText(request['medicationCodeableConcept']);
  const medication = told ?? words(fields(request['medicationReference'])['display']);
  return { text: objectText(members), medication };
}

/**
 * An order of intent `plan` for what somebody else ordered or reported and the patient goes on taking, as US Core's
 * medication list has it: `reported[x]` says that it is not our own, `supportingInformation` where it was found.
 */
export function plannedText(line: TherapyLine, id: string, context: RequestContext): string {
  const source = memberTexts(line.text ?? line.foreignText!);
  const members = new Map<string, string>();
  const set = (name: string, value: unknown) => members.set(name, JSON.stringify(value));
  set('resourceType', 'MedicationRequest');
  set('id', id);
  const contained = source.get('contained');
  if (contained !== undefined && isContained(line)) members.set('contained', contained);
  set('status', 'active');
  set('intent', 'plan');
  const informant = line.text === undefined ? undefined : informantOf(line.resource);
  if (informant === undefined) set('reportedBoolean', true);
  else set('reportedReference', informant);
  medication(line, source, members);
  set('subject', { reference: `Patient/${context.patient}` });
  set('encounter', { reference: `Encounter/${context.encounter}` });
  set('supportingInformation', [{ reference: line.reference }]);
  set('authoredOn', context.at);
  const dosage = source.get('dosageInstruction') ?? source.get('dosage');
  if (dosage?.startsWith('[')) members.set('dosageInstruction', dosage);
  return objectText(members);
}

/** What another server refers to cannot be followed here: there the words and codes stand for the reference. */
function medication(
  line: TherapyLine,
  source: ReadonlyMap<string, string>,
  members: Map<string, string>,
): void {
  const reference = source.get('medicationReference');
  const concept = source.get('medicationCodeableConcept');
  if (concept !== undefined) members.set('medicationCodeableConcept', concept);
  else if (reference !== undefined && (line.text !== undefined || isContained(line)))
    members.set('medicationReference', reference);
  else {
    const coding = line.drug.codes.map((each) => {
      const at = each.indexOf('|');
      return { system: each.slice(0, at), code: each.slice(at + 1) };
    });
    const text = line.drug.text ?? 'Medication not named';
    members.set(
      'medicationCodeableConcept',
      JSON.stringify({ ...(coding.length > 0 ? { coding } : {}), text }),
    );
  }
}

function isContained({ resource }: TherapyLine): boolean {
  return words(fields(resource['medicationReference'])['reference'])?.startsWith('#') === true;
}

/** https://hl7.org/fhir/R4/medicationrequest-definitions.html#MedicationRequest.reported_x_ */
const informants = ['Patient', 'Practitioner', 'PractitionerRole', 'RelatedPerson', 'Organization'];

function informantOf(resource: Resource): unknown {
  const source = resource['informationSource'] ?? resource['reportedReference'];
  const [type] = (words(fields(source)['reference']) ?? '').split('/');
  return informants.includes(type ?? '') ? source : undefined;
}

function parsed(text: string): Resource {
  try {
    return fields(JSON.parse(text));
  } catch {
    throw new Fault(
      'malformed',
      'The medicationRequest of a decision is not JSON; check it with a JSON parser.',
    );
  }
}

function invalid(says: string, element: string): Fault {
  const diagnostics = `The medicationRequest of a decision cannot be recorded: ${says}.`;
  return new Fault('invalid', diagnostics, {
    issues: [{ severity: 'error', code: 'invalid', diagnostics, expression: `MedicationRequest.${element}` }],
  });
}
