import { asFault, type Fault, type Issue } from '#platform/fhir';

/** Whether an aggregate may go on without the part that failed so: it was not reached, rather than refused. */
export function isMissing(fault: Fault): boolean {
  return fault.kind === 'unavailable' || fault.kind === 'timeout';
}

/** What an aggregate says of a context it had to do without. */
export function missingPart(context: string, types: readonly string[]): Issue {
  const named = types.length > 0 ? `: ${types.join(', ')}` : '';
  return {
    severity: 'warning',
    code: 'incomplete',
    diagnostics: `This answer is partial: the part "${context}" does not answer now, so what it holds is absent${named}. Try again in a few seconds.`,
  };
}

/** The answer of a part, or the issue that says it is missing; any other fault is thrown. */
export async function unlessMissing<Result>(
  answer: Promise<Result>,
  context: string,
  types: readonly string[] = [],
): Promise<Result | Issue> {
  try {
    return await answer;
  } catch (error) {
    const fault = asFault(error);
    if (!isMissing(fault)) throw error;
    return missingPart(context, types);
  }
}

export function isIssue(value: object): value is Issue {
  return 'severity' in value && 'diagnostics' in value;
}
