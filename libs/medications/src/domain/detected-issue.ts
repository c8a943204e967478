import { derivedId } from '#platform/fhir';
import { reconciliationDecisions, type DecidedLine } from '../contract/index.ts';
import { findingKinds, keyOf, type Finding, type FindingKind } from './findings.ts';

const systems = {
  finding: 'https://septum.dev/fhir/CodeSystem/medication-finding',
  key: 'https://septum.dev/fhir/medication-finding',
  decision: 'https://septum.dev/fhir/CodeSystem/medication-reconciliation-decision',
  /** https://terminology.hl7.org/CodeSystem-v3-ActCode.html */
  act: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
};

/** HL7's code, where it has one. */
const actCodes: Partial<Record<FindingKind, string>> = {
  duplicate: 'DUPTHPGEN',
  'therapeutic-duplicate': 'DUPTHPCLS',
  allergy: 'ALGY',
};

export interface FindingContext {
  readonly encounter: string;
  readonly patient: string;
  /** When it was looked at, ISO 8601. */
  readonly at: string;
}

/** The same finding of the same stay is the same DetectedIssue, however often it is recorded. */
export function findingId(finding: Finding, encounter: string): string {
  return derivedId('medication-finding', encounter, keyOf(finding));
}

/**
 * A finding as a DetectedIssue: `preliminary` and without an id while nobody has decided, `final` with what was decided
 * of its lines as mitigation. https://hl7.org/fhir/R4/detectedissue.html
 */
export function detectedIssue(
  finding: Finding,
  { encounter, patient, at }: FindingContext,
  decided?: { readonly lines: readonly DecidedLine[]; readonly by: string },
): object {
  const { kind, about, detail } = finding;
  const act = actCodes[kind];
  const id = findingId(finding, encounter);
  const coding = [{ system: systems.finding, code: kind, display: findingKinds[kind] }];
  const mitigation = decided?.lines
    .filter(({ line }) => about.includes(line))
    .map((each) => mitigationOf(each, decided.by, at));
  return {
    resourceType: 'DetectedIssue',
    ...(decided === undefined ? {} : { id }),
    identifier: [{ system: systems.key, value: id }],
    status: decided === undefined ? 'preliminary' : 'final',
    code: {
      coding: act === undefined ? coding : [...coding, { system: systems.act, code: act }],
      text: findingKinds[kind],
    },
    patient: { reference: `Patient/${patient}` },
    identifiedDateTime: at,
    implicated: about.map((reference) => ({ reference })),
    detail,
    ...(mitigation === undefined || mitigation.length === 0 ? {} : { mitigation }),
  };
}

function mitigationOf({ line, decision, reason }: DecidedLine, by: string, at: string): object {
  const text = [`${line}: ${reconciliationDecisions[decision]}`, reason].filter(Boolean).join('. ');
  const code = { system: systems.decision, code: decision, display: reconciliationDecisions[decision] };
  const isPerson = /^Practitioner(Role)?\//.test(by);
  return { action: { coding: [code], text }, date: at, ...(isPerson ? { author: { reference: by } } : {}) };
}
