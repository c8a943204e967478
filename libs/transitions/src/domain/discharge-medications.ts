import { date, concept, dosage } from './wording.ts';
import type { DischargeFacts } from './discharge-facts.ts';
import type { DischargeSection } from './discharge-sections.ts';
import { words, type Fact } from './fact.ts';
import { withoutSources } from './medication-list.ts';
import { standingOf } from './reconciled.ts';

export const dischargeMedications: DischargeSection = {
  title: 'Discharge medications',
  code: '10183-2',
  display: 'Hospital discharge medications Narrative',
  holds: (fact, { reconciliation }) =>
    ['MedicationRequest', 'MedicationStatement'].includes(fact.type) &&
    status(fact) === 'active' &&
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
  const isReport = fact.type === 'MedicationStatement' || fact.fields['intent'] === 'plan';
  const source = isReport ? 'Reported' : 'Ordered';
  if (reconciliation === undefined) return source;
  const standing = standingOf(fact, reconciliation);
  return standing === undefined || standing === 'decided'
    ? `${source}, not reconciled`
    : `${source}, ${decisions[standing]}`;
}

export function medication(
  fact: Fact,
  named: (reference: unknown) => string | undefined,
): string | undefined {
  return concept(fact.fields['medicationCodeableConcept']) ?? named(fact.fields['medicationReference']);
}

export function status(fact: Fact): string | undefined {
  return words(fact.fields['status']);
}
