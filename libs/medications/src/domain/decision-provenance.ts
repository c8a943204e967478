import { derivedId } from '#platform/fhir';
import { reconciliationDecisions, type DecidedLine, type Reconciliation } from '../contract/index.ts';

export interface DecisionProvenance {
  readonly resourceType: 'Provenance';
  readonly id: string;
  readonly [element: string]: unknown;
}

/**
 * One Provenance for each decision: what came of it, who decided, why, and the line it was decided on, at the version
 * that was seen. The patient is a target too, so that it lies in the patient's compartment.
 * https://hl7.org/fhir/R4/provenance.html
 */
export function decisionProvenances(reconciliation: Reconciliation): readonly DecisionProvenance[] {
  return reconciliation.decided.map((each) => provenanceOf(each, reconciliation));
}

function provenanceOf(decided: DecidedLine, reconciliation: Reconciliation): DecisionProvenance {
  const { line, decision, reason, result } = decided;
  const { id, patient, encounter, recordedAt, by } = reconciliation;
  const isOwn = !line.includes(':');
  const targets = [...new Set([result, isOwn ? line : undefined, `Patient/${patient}`])];
  const code = {
    system: 'https://septum.dev/fhir/CodeSystem/medication-reconciliation-decision',
    code: decision,
    display: reconciliationDecisions[decision],
  };
  const what = isOwn ? `${line}/_history/${decided.version}` : line;
  return {
    resourceType: 'Provenance',
    id: derivedId('reconciliation-provenance', id, line),
    target: targets.filter((each) => each !== undefined).map((reference) => ({ reference })),
    recorded: recordedAt,
    activity: { coding: [code], text: 'Medication reconciliation' },
    ...(reason === undefined ? {} : { reason: [{ text: reason }] }),
    agent: [agentOf(by)],
    entity: [
      { role: 'source', what: { reference: what } },
      { role: 'source', what: { reference: `Encounter/${encounter}` } },
    ],
  };
}

const types = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** A person or patient is referred to; a program is named. */
function agentOf(by: string): object {
  const isReference = /^(Practitioner|PractitionerRole|Patient|RelatedPerson|Organization|Device)\//.test(by);
  return {
    type: { coding: [{ system: types, code: 'verifier' }] },
    who: isReference ? { reference: by } : { display: by },
  };
}
