import { asFault } from '#platform/fhir';
import { isMissing } from '../bundle/missing-part.ts';

/** What each context answers, and which do not answer now. */
export interface Asked<Result> {
  readonly answers: readonly { readonly context: string; readonly result: Result }[];
  readonly missing: readonly string[];
}

/** Asks all at once. What one of them refuses is thrown: the next one would refuse it too. */
export async function askContexts<Result>(
  contexts: readonly string[],
  ask: (context: string) => Promise<{ readonly result: Result }>,
): Promise<Asked<Result>> {
  const answers: { context: string; result: Result }[] = [];
  const missing: string[] = [];
  await Promise.all(
    contexts.map(async (context) => {
      try {
        answers.push({ context, result: (await ask(context)).result });
      } catch (error) {
        if (!isMissing(asFault(error))) throw error;
        missing.push(context);
      }
    }),
  );
  const inOrder = (one: string, other: string) => contexts.indexOf(one) - contexts.indexOf(other);
  return {
    answers: answers.toSorted((one, other) => inOrder(one.context, other.context)),
    missing: missing.toSorted(inOrder),
  };
}
