import { Fault, fields, printableName, type SlicedParameter, words } from '#platform/fhir';
import type { LocalReference } from '#platform/store';
import { reconciliationDecisions, type ReconciliationDecision } from '../contract/index.ts';
import { conceptText } from './element.ts';

/** What a person decided of one line. */
export interface Decision {
  readonly line: string;
  readonly decision: ReconciliationDecision;
  readonly reason?: string;
  /** The new MedicationRequest as it was sent. */
  readonly request?: string;
}

/** What was sent to be recorded; without decisions the worksheet is asked for. */
export interface SentDecisions {
  readonly worksheet: string | undefined;
  readonly decisions: readonly Decision[];
}

/** Faults: `bad-parameter`, naming the decision by its place. */
export function readDecisions(
  parameters: readonly SlicedParameter[],
  localReference: LocalReference,
): SentDecisions {
  const unknown = parameters.find(({ name }) => !['worksheet', 'decision'].includes(name));
  if (unknown !== undefined) {
    throw new Fault(
      'unknown-parameter',
      `$reconcile-medications does not know the parameter ${printableName(unknown.name)}: send worksheet, and one decision for each line.`,
    );
  }
  const worksheet = parameters.find(({ name }) => name === 'worksheet')?.value;
  return {
    worksheet: words(worksheet),
    decisions: parameters
      .filter(({ name }) => name === 'decision')
      .map((each, index) => decisionOf(each, index, localReference)),
  };
}

function decisionOf({ parts }: SlicedParameter, index: number, localReference: LocalReference): Decision {
  const valueOf = (name: string) => parts.find((part) => part.name === name)?.value;
  const named = words(valueOf('line')) ?? words(fields(valueOf('line'))['reference']);
  const decision = valueOf('decision');
  if (named === undefined)
    throw wrong(index, 'it names no line. Send the reference of a line of the worksheet');
  if (typeof decision !== 'string' || !isDecision(decision)) {
    throw wrong(index, `its decision is none of ${Object.keys(reconciliationDecisions).join(', ')}`);
  }
  const reason = words(valueOf('reason')) ?? conceptText(valueOf('reason'));
  if (reason === undefined && decision !== 'keep') throw wrong(index, `to ${decision} needs a reason`);
  const request = parts.find(({ name }) => name === 'medicationRequest')?.resource;
  const needsRequest = decision === 'change' || decision === 'substitute';
  if (needsRequest !== (request !== undefined)) {
    throw wrong(
      index,
      needsRequest
        ? `to ${decision} needs a medicationRequest, the new order`
        : `to ${decision} goes without a medicationRequest`,
    );
  }
  return {
    line: localReference(named) ?? named,
    decision,
    ...(reason === undefined ? {} : { reason }),
    ...(request === undefined ? {} : { request }),
  };
}

function isDecision(decision: string): decision is ReconciliationDecision {
  return Object.hasOwn(reconciliationDecisions, decision);
}

function wrong(index: number, says: string): Fault {
  const expression = `Parameters.parameter.where(name='decision')[${index}]`;
  const diagnostics = `Decision ${index + 1} cannot be recorded: ${says}.`;
  return new Fault('bad-parameter', diagnostics, {
    issues: [{ severity: 'error', code: 'value', diagnostics, expression }],
  });
}
