import { operationOutcome } from '#platform/fhir';

/** A source that an answer lacks. An answer that lacks lines without saying so would harm. */
export interface MissingSource {
  /** e.g. `MedicationDispense`, `city-hospital`. */
  readonly source: string;
  /** https://hl7.org/fhir/R4/valueset-issue-type.html */
  readonly code: 'suppressed' | 'transient' | 'incomplete';
  /** What is missing, why, and what to do about it: a sentence. */
  readonly says: string;
}

export function suppressed(sources: readonly string[], what: string): MissingSource[] {
  if (sources.length === 0) return [];
  const says = `This ${what} is partial: the scopes of this token keep ${sources.join(', ')} from it. Ask for a token that may search them.`;
  return [{ source: sources.join(', '), code: 'suppressed', says }];
}

/** As the OperationOutcome of an answer. https://hl7.org/fhir/R4/operationoutcome.html */
export function outcomeOf(missing: readonly MissingSource[]): string {
  return operationOutcome(
    missing.map(({ code, says }) => ({ severity: 'warning', code, diagnostics: says })),
  );
}
