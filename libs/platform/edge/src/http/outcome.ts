import type { Fault, Issue } from '#platform/fhir';

/** A fault as FHIR says it. https://hl7.org/fhir/R4/operationoutcome.html */
export function outcomeText(issues: readonly Issue[]): string {
  return JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: issues.map(({ severity, code, diagnostics, expression }) => ({
      severity,
      code,
      diagnostics,
      ...(expression === undefined ? {} : { expression: [expression] }),
    })),
  });
}

export function faultText(fault: Fault): string {
  return outcomeText(fault.issues);
}

/** The OperationOutcome of a write that went well, for `Prefer: return=OperationOutcome`. */
export function successText(diagnostics: string): string {
  return outcomeText([{ severity: 'information', code: 'informational', diagnostics }]);
}
