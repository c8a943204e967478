// https://hl7.org/fhir/R4/http.html#transaction
import { keyHolder } from '#platform/access';
import type { SlicedBundle } from '#platform/fhir';
import { bundleText } from '../bundle/bundle-text.ts';
import { bounded } from '../bundle/bounded.ts';
import { entryCall, performEntry } from '../bundle/perform-entry.ts';
import { failedEntry, responseEntry } from '../bundle/response-entry.ts';
import type { WriteOutcomes } from '../bundle/share-request.ts';
import { commitShared } from '../bundle/shared-commit.ts';
import { outcomesAgain, outcomesToKeep } from '../bundle/outcomes-again.ts';
import { planTransaction, type TransactionPlan } from '../bundle/transaction-plan.ts';
import { commitInTwoPhases } from '../bundle/two-phase-commit.ts';
import type { Edge, FhirCall } from '../edge.ts';
import { findAnswer, requestHash, wasAnsweredMeanwhile, type AnswerToKeep } from '../home/idempotency.ts';
import { written, type Answer } from '../http/answer.ts';
import { idempotencyKeyOf } from '../http/conditions.ts';
import { single } from '../http/fhir-call.ts';

type Keyed = Omit<AnswerToKeep, 'answer'>;

/**
 * All entries or none, whichever contexts they belong to and wherever those run. Atomic, not isolated: a reader may
 * see the writes of one context a moment before those of another.
 */
export async function transaction(
  edge: Edge,
  call: FhirCall,
  bundle: SlicedBundle,
  source: string,
): Promise<Answer> {
  const plan = planTransaction(edge, call, bundle);
  const key = idempotencyKeyOf(single(call.headers['idempotency-key']));
  const keyed =
    key === undefined ? undefined : { holder: keyHolder(call.caller), key, requestHash: requestHash(source) };
  const entries = responseEntries(call, await writeOnce(edge, call, plan, keyed));
  await readEntries(edge, call, bundle, plan.reads, entries);
  const texts = bundle.entries.map((_, index) => entries.get(index)!);
  return { status: 200, text: bundleText({ type: 'transaction-response' }, texts) };
}

/** What became of the writes; with a key that was used before, of those of the first time. */
async function writeOnce(
  edge: Edge,
  call: FhirCall,
  plan: TransactionPlan,
  keyed: Keyed | undefined,
): Promise<WriteOutcomes> {
  if (plan.shares.length === 0) return new Map();
  const known = keyed && (await findAnswer(edge.home, keyed));
  if (known !== undefined) return outcomesAgain(edge, call, known);
  const keep = (outcomes: WriteOutcomes): AnswerToKeep | undefined =>
    keyed && { ...keyed, answer: outcomesToKeep(outcomes) };
  try {
    return await write(edge, call, plan, keep);
  } catch (error) {
    const meanwhile = keyed && wasAnsweredMeanwhile(error) ? await findAnswer(edge.home, keyed) : undefined;
    if (meanwhile === undefined) throw error;
    return outcomesAgain(edge, call, meanwhile);
  }
}

function write(
  edge: Edge,
  call: FhirCall,
  plan: TransactionPlan,
  keep: (outcomes: WriteOutcomes) => AnswerToKeep | undefined,
): Promise<WriteOutcomes> {
  const coordinator = edge.coordinatorFor(plan.shares.map(({ owner }) => owner.context));
  return coordinator === undefined
    ? commitInTwoPhases(edge, call, plan, keep)
    : commitShared(edge, coordinator, call, plan, keep);
}

/** The response entries of the writes, by place. */
function responseEntries(call: FhirCall, outcomes: WriteOutcomes): Map<number, string> {
  const entries = new Map<number, string>();
  for (const [index, { written: stored, text }] of outcomes) {
    const isGone = stored.deleted === true;
    const head = stored.version > 0 ? { version: stored.version, lastUpdated: stored.lastUpdated } : {};
    const answer: Answer = isGone
      ? { status: 204, ...head }
      : written(call, stored.created ? 201 : 200, stored, text);
    entries.set(index, responseEntry(answer));
  }
  return entries;
}

/** After the commit. A read that fails cannot undo it, so it says so in its place. */
async function readEntries(
  edge: Edge,
  call: FhirCall,
  { entries }: SlicedBundle,
  reads: readonly number[],
  into: Map<number, string>,
): Promise<void> {
  await bounded(
    reads,
    () => '',
    8,
    async (index) => {
      const entry = entries[index]!;
      try {
        into.set(index, responseEntry(await performEntry(edge, entryCall(call, entry.request!), entry)));
      } catch (error) {
        into.set(index, failedEntry(error, index));
      }
    },
  );
}
