import type { Reply } from '#platform/messaging';
import type { ApplyWrites, Written } from '#platform/store';
import type { Share } from './transaction-plan.ts';

/** How long one context may take for its share of a transaction of up to 10,000 entries. */
export const transactionTimeoutMs = 60_000;

/** What became of the writes, by the entry's place in the Bundle. */
export type WriteOutcomes = Map<number, { readonly written: Written; readonly text: string | undefined }>;

/** A share as its context is asked for it. */
export function applyRequest(
  transactionId: string,
  { writes }: Share,
  substitutions: Readonly<Record<string, string>>,
): { request: ApplyWrites; texts: string[] } {
  return {
    request: { transactionId, writes: writes.map(({ write }) => write), substitutions },
    texts: writes.flatMap(({ text }) => (text === undefined ? [] : [text])),
  };
}

/** Puts a context's answer under the places of the entries. */
export function toOutcomes(
  { writes }: Share,
  reply: Reply<readonly Written[]>,
  outcomes: WriteOutcomes,
): void {
  writes.forEach(({ index, text }, at) => {
    outcomes.set(index, {
      written: reply.result[at]!,
      text: text === undefined ? undefined : reply.texts[at],
    });
  });
}
