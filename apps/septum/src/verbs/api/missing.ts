import type { Parameter } from './parameters.ts';

/** The contexts that an answer says it lacks, and a line about each for people. */
export function missingIn(answer: readonly Parameter[]): {
  readonly contexts: readonly string[];
  readonly lines: readonly string[];
} {
  const contexts = answer.filter(({ name }) => name === 'missing').map((each) => String(each['valueCode']));
  return {
    contexts,
    lines: contexts.map((context) => `${context} does not answer now: what it has is not in this list.`),
  };
}
