import { operationOutcome } from '#platform/fhir';

/** The OperationOutcome of a write that went well, for `Prefer: return=OperationOutcome`. */
export function successText(diagnostics: string): string {
  return operationOutcome([{ severity: 'information', code: 'informational', diagnostics }]);
}
