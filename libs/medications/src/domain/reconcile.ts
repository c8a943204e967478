import { derivedId, Fault } from '#platform/fhir';
import type { DecidedLine } from '../contract/index.ts';
import type { Decision } from './decision.ts';
import { detectedIssue, findingId } from './detected-issue.ts';
import { sameProduct } from './drug.ts';
import { endedText, newRequest, plannedText, type RequestContext } from './reconciled-request.ts';
import { compareTherapies, isCurrent, isSameTherapy, type TherapyLine } from './therapy-line.ts';
import type { Worksheet } from './worksheet.ts';

/** A resource to write; `ifMatch` where it changes what was on the worksheet. */
export interface PlannedWrite {
  readonly type: string;
  readonly id: string;
  readonly text: string;
  readonly ifMatch?: number;
}

/** All that recording the decisions means, before anything is written. */
export interface PlannedReconciliation {
  readonly decided: readonly DecidedLine[];
  readonly listed: readonly { readonly request: string; readonly medication?: string }[];
  readonly findings: readonly string[];
  readonly ended: readonly string[];
  readonly writes: readonly PlannedWrite[];
}

export interface ReconciliationContext extends RequestContext {
  readonly by: string;
}

interface Outcome {
  readonly decided: DecidedLine;
  readonly writes: readonly PlannedWrite[];
  readonly ended?: string;
}

/**
 * What the decisions lead to. An own order that ends is stopped; a report or another server's line that the patient goes
 * on taking becomes an order of intent `plan`, once for each therapy. Lines that are not ours stay as they are.
 *
 * @throws Fault `business-rule` unless each line of the worksheet is decided, once; `invalid` for a new order of another patient
 */
export function reconcile(
  worksheet: Worksheet,
  decisions: readonly Decision[],
  context: ReconciliationContext,
): PlannedReconciliation {
  const lines = worksheet.groups.flatMap((group) => group.lines);
  assertEachDecidedOnce(lines, decisions);
  const decisionOf = new Map(decisions.map((each) => [each.line, each]));
  const keptOrders = lines.filter(
    (line) => isOwnOrder(line) && decisionOf.get(line.reference)?.decision === 'keep',
  );
  const inForce = new Map(keptOrders.map((line) => [line, line.reference]));
  // Who says how it is taken comes first, so that the list says it.
  const ordered = lines.toSorted((a, b) => b.regimen.length - a.regimen.length);
  const outcomes = ordered.map((line) => outcomeOf(line, decisionOf.get(line.reference)!, inForce, context));
  const byLine = new Map(outcomes.map((outcome) => [outcome.decided.line, outcome]));
  const decided = lines.map(({ reference }) => byLine.get(reference)!.decided);
  const issues = worksheet.findings.map((finding): PlannedWrite => {
    const issue = detectedIssue(finding, context, { lines: decided, by: context.by });
    return { type: 'DetectedIssue', id: findingId(finding, context.encounter), text: JSON.stringify(issue) };
  });
  return {
    decided,
    listed: listedFrom(decided),
    findings: issues.map(({ id }) => `DetectedIssue/${id}`),
    ended: outcomes.flatMap(({ ended }) => ended ?? []),
    writes: [...outcomes.flatMap(({ writes }) => writes), ...issues],
  };
}

function assertEachDecidedOnce(lines: readonly TherapyLine[], decisions: readonly Decision[]): void {
  const wanted = lines.map(({ reference }) => reference);
  const sent = decisions.map(({ line }) => line);
  refuse(
    wanted.filter((line) => !sent.includes(line)),
    'is not decided. Send a decision for each line of the worksheet',
  );
  refuse(
    sent.filter((line, at) => sent.indexOf(line) !== at),
    'is decided twice. Send one decision for each line',
  );
  refuse(
    sent.filter((line) => !wanted.includes(line)),
    'is not on the worksheet. Leave it out',
  );
}

function refuse(lines: readonly string[], says: string): void {
  if (lines.length === 0) return;
  const issues = lines.map((line) => ({
    severity: 'error' as const,
    code: 'business-rule',
    diagnostics: `${line.slice(0, 200)} ${says}.`,
  }));
  throw new Fault('business-rule', issues[0]!.diagnostics, { issues });
}

function outcomeOf(
  line: TherapyLine,
  decision: Decision,
  inForce: Map<TherapyLine, string>,
  context: ReconciliationContext,
): Outcome {
  const made = decision.decision === 'keep' ? kept(line, inForce, context) : ended(line, decision, context);
  const { reference, version, drug } = line;
  return {
    ...made,
    decided: {
      line: reference,
      version,
      ...(drug.text === undefined ? {} : { medication: drug.text }),
      decision: decision.decision,
      ...(decision.reason === undefined ? {} : { reason: decision.reason }),
      ...(made.result === undefined ? {} : { result: made.result }),
      ...(made.resultMedication === undefined ? {} : { resultMedication: made.resultMedication }),
    },
  };
}

type Made = Omit<Outcome, 'decided'> & Pick<DecidedLine, 'result' | 'resultMedication'>;

function kept(line: TherapyLine, inForce: Map<TherapyLine, string>, context: ReconciliationContext): Made {
  if (line.source.code !== 'dispense' && !isCurrent(line)) {
    throw new Fault(
      'business-rule',
      `${line.reference} has ended and cannot be kept. Decide change, with a new MedicationRequest, or stop.`,
    );
  }
  if (isOwnOrder(line)) {
    // Kept is what the patient goes on taking: an order on hold is resumed.
    const writes = line.status === 'active' ? [] : [rewritten(line, 'active')];
    return { result: line.reference, writes };
  }
  const [, known] = [...inForce].find(([other]) => isCoveredBy(line, other)) ?? [];
  if (known !== undefined) return { result: known, writes: [] };
  const id = requestId(line, context);
  const result = `MedicationRequest/${id}`;
  inForce.set(line, result);
  return { result, writes: [{ type: 'MedicationRequest', id, text: plannedText(line, id, context) }] };
}

function ended(line: TherapyLine, decision: Decision, context: ReconciliationContext): Made {
  const isOurs = line.text !== undefined && line.source.code !== 'dispense';
  const stops = isOurs && isCurrent(line);
  const isNotTaken = decision.decision === 'not-taking' && line.source.code === 'statement';
  const writes = stops ? [rewritten(line, isNotTaken ? 'not-taken' : 'stopped', decision.reason)] : [];
  const version = stops ? String(Number(line.version) + 1) : line.version;
  const made = { ended: `${line.reference} ${version}` };
  if (decision.request === undefined) return { ...made, writes };
  const id = requestId(line, context);
  const { text, medication } = newRequest(decision.request, line, id, context);
  return {
    ...made,
    result: `MedicationRequest/${id}`,
    ...(medication === undefined ? {} : { resultMedication: medication }),
    writes: [...writes, { type: 'MedicationRequest', id, text }],
  };
}

function rewritten(line: TherapyLine, status: string, reason?: string): PlannedWrite {
  const text = endedText(line, status, reason);
  return { type: line.source.type, id: String(line.resource['id']), text, ifMatch: Number(line.version) };
}

function requestId({ reference }: TherapyLine, { reconciliation }: RequestContext): string {
  return derivedId('reconciled-request', reconciliation, reference);
}

function isOwnOrder({ source, text }: TherapyLine): boolean {
  return source.code === 'request' && text !== undefined;
}

/** Whether what a line reports is what another says already, so that it is not listed twice. */
function isCoveredBy(line: TherapyLine, other: TherapyLine): boolean {
  if (isSameTherapy(line, other)) return true;
  return sameProduct(line.drug, other.drug) && compareTherapies(line, other) !== 'other';
}

function listedFrom(decided: readonly DecidedLine[]): PlannedReconciliation['listed'] {
  const listed = new Map<string, { request: string; medication?: string }>();
  for (const { result, medication, decision, resultMedication } of decided) {
    if (result === undefined || listed.has(result)) continue;
    const named = decision === 'keep' ? medication : resultMedication;
    listed.set(result, { request: result, ...(named === undefined ? {} : { medication: named }) });
  }
  return [...listed.values()];
}
