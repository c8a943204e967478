import { words } from '#platform/fhir';
import { date, concept, dosage } from './wording.ts';
import type { DischargeFacts } from './discharge-facts.ts';
import type { DischargeSection } from './discharge-sections.ts';
import { type Fact } from './fact.ts';
import { withoutSources } from './medication-list.ts';
import { standingOf } from './reconciled.ts';

export const dischargeMedications: DischargeSection = {
  title: 'Discharge medications',
  code: '10183-2',
  display: 'Hospital discharge medications Narrative',
  holds: (fact, { reconciliation }) =>
    ['MedicationRequest', 'MedicationStatement'].includes(fact.type) &&
    status(fact) === 'active' &&
    !isProposal(fact) &&
    standingOf(fact, reconciliation) !== 'decided',
  columns: ['Medication', 'Dosage', 'Source'],
  row: (fact, named, stay) => [
    medication(fact, named),
    dosage(fact.fields['dosageInstruction'] ?? fact.fields['dosage']),
    medicationSource(fact, stay),
  ],
  remark: ({ reconciliation }) =>
    reconciliation === undefined
      ? 'No reconciliation of the medications was recorded for this stay: these are all that are recorded as active.'
      : [`Reconciled on ${date(reconciliation.recordedAt)}.`, ...withoutAny(reconciliation.missing)].join(
          ' ',
        ),
  absent: 'No active medication is recorded at discharge.',
};

function withoutAny(missing: readonly string[]): readonly string[] {
  return missing.length === 0 ? [] : [withoutSources(missing)];
}

const decisions = {
  keep: 'continued',
  change: 'changed',
  substitute: 'new, in place of another',
  stop: 'stopped',
  'not-taking': 'not taken',
} as const;

/** Who told of it, and what was decided; an order from before the stay and one from after the decision look alike. */
function medicationSource(fact: Fact, { reconciliation }: DischargeFacts): string {
  if (fact.fields['doNotPerform'] === true) return 'Forbidden';
  const source = sourceOf(fact);
  if (reconciliation === undefined) return source;
  const standing = standingOf(fact, reconciliation);
  return standing === undefined || standing === 'decided'
    ? `${source}, not reconciled`
    : `${source}, ${decisions[standing]}`;
}

function sourceOf({ type, fields: resource }: Fact): string {
  const { intent, reportedBoolean, reportedReference } = resource;
  if (type === 'MedicationStatement' || reportedBoolean === true || reportedReference !== undefined)
    return 'Reported';
  return intent === 'plan' ? 'Planned' : 'Ordered';
}

/** Nobody ordered it. https://hl7.org/fhir/R4/valueset-medicationrequest-intent.html */
function isProposal({ fields: { intent } }: Fact): boolean {
  return intent === 'proposal' || intent === 'option';
}

/** Of an order that forbids, the name says so, wherever it is read. */
export function medication(
  fact: Fact,
  named: (reference: unknown) => string | undefined,
): string | undefined {
  const name = concept(fact.fields['medicationCodeableConcept']) ?? named(fact.fields['medicationReference']);
  return fact.fields['doNotPerform'] === true ? `DO NOT GIVE: ${name ?? 'medication not named'}` : name;
}

export function status(fact: Fact): string | undefined {
  return words(fact.fields['status']);
}
