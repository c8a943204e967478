import type { Fault, Issue } from './fault.ts';

interface OutcomeIssue {
  readonly severity: Issue['severity'];
  readonly code: string;
  readonly diagnostics: string;
  readonly expression?: readonly string[];
}

function outcomeIssue({ severity, code, diagnostics, expression }: Issue): OutcomeIssue {
  return { severity, code, diagnostics, ...(expression === undefined ? {} : { expression: [expression] }) };
}

/** A fault, or issues alone, as the JSON text of an OperationOutcome. https://hl7.org/fhir/R4/operationoutcome.html */
export function operationOutcome(source: Fault | readonly Issue[]): string {
  const issues = 'kind' in source ? source.issues : source;
  return JSON.stringify({ resourceType: 'OperationOutcome', issue: issues.map(outcomeIssue) });
}
