// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { assertOperator } from '#platform/access';
import { Fault } from '#platform/fhir';
import { flagIn, requiredValue } from '#platform/runtime';
import type { Edge, FhirCall } from '../edge.ts';
import { decide, markFinished, type Decision } from '../home/transaction-decisions.ts';
import { askContexts } from './ask-contexts.ts';
import { part, type EdgeOperation, type ParameterPart } from './edge-operation.ts';
import { openTransactions, type OpenTransaction } from './open-transactions.ts';

/**
 * `POST $transactions-resolve` with Parameters `id` and `decision`, `commit` or `rollback`: writes the decision down, then tells
 * it to all who take part. Answers a `participant` for each: `context` and what became of its share, `committed`,
 * `rolled-back`, `unknown` (nothing was prepared there) or `unreached` (it is told once it answers). With `dryRun` true
 * nothing is done, and each is `prepared` or `ended`. Each context records who did it. Faults: `conflict` against a decision that is written, or while
 * its coordinator is at work; `not-found`; `unavailable` for a `commit` while it cannot be known who takes part.
 */
export const transactionsResolve: EdgeOperation = {
  name: 'transactions-resolve',
  readOnly: false,
  documentation: 'Decides a transaction that stays in doubt, unless it is decided otherwise.',
  takes: ['id', 'decision', 'dryRun'],
  async perform(edge, call, given) {
    assertOperator(call.caller, 'u');
    const [id, decision] = [requiredValue(given, 'id'), requiredValue(given, 'decision')];
    if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id))
      throw new Fault('bad-parameter', 'The id of a transaction is a UUID. septum transactions tells it.');
    if (decision !== 'commit' && decision !== 'rollback')
      throw new Fault('bad-parameter', 'The decision is commit or rollback.');
    const participants = await participantsOf(edge, call, id, decision);
    if (flagIn(given, 'dryRun')) return participants.map(({ context, state }) => told(context, state));
    return resolve(
      edge,
      call,
      id,
      decision,
      participants.map(({ context }) => context),
    );
  },
};

interface Participant {
  readonly context: string;
  readonly state: 'prepared' | 'ended';
}

/** Who takes part, as far as it can be known; or why it may not be decided so. */
async function participantsOf(
  edge: Edge,
  call: FhirCall,
  id: string,
  wanted: Decision,
): Promise<readonly Participant[]> {
  const { transactions, missing } = await openTransactions(edge, call, id);
  const [found] = transactions;
  if (found === undefined)
    throw new Fault(
      'not-found',
      'No context that answers has this transaction. septum transactions lists them.',
    );
  assertUndecided(found, wanted);
  // Who is committed without the others would be half a transaction.
  if (wanted === 'commit' && found.decision?.decision == null && missing.length > 0)
    throw new Fault(
      'unavailable',
      `Whether ${missing.join(', ')} ${missing.length === 1 ? 'takes' : 'take'} part cannot be known now. Start what does not answer, or roll back.`,
    );
  const written = found.decision?.participants ?? [];
  return [...new Set([...found.waits, ...written])].map((context) => ({
    context,
    state: found.waits.includes(context) ? 'prepared' : 'ended',
  }));
}

function assertUndecided({ decision }: OpenTransaction, wanted: Decision): void {
  if (decision?.atWork === true)
    throw new Fault(
      'conflict',
      'The coordinator of this transaction is at work. Ask again in a few seconds.',
    );
  if (decision?.decision != null && decision.decision !== wanted) throw decidedOtherwise(decision.decision);
}

function decidedOtherwise(decision: Decision): Fault {
  return new Fault(
    'conflict',
    `It is written down that this transaction ends in ${decision}, and others may have done so. Resolve it with ${decision}.`,
  );
}

async function resolve(
  edge: Edge,
  call: FhirCall,
  transactionId: string,
  wanted: Decision,
  participants: readonly string[],
): Promise<readonly ParameterPart[]> {
  const decision = await decide(edge.home, transactionId, wanted, participants);
  if (decision !== wanted) throw decidedOtherwise(decision);
  const owners = new Map(edge.owners.map((owner) => [owner.context, owner]));
  const { answers, missing } = await askContexts(participants, (context) =>
    edge.call(call, owners.get(context)!.transactions.resolve, { transactionId, decision }),
  );
  const isCarriedOut = answers.every(({ result }) => wanted === 'rollback' || result.state === 'committed');
  if (missing.length === 0 && isCarriedOut) await markFinished(edge.home, transactionId);
  return [
    ...answers.map(({ context, result }) => told(context, result.state)),
    ...missing.map((context) => told(context, 'unreached')),
  ];
}

function told(context: string, state: string): ParameterPart {
  return part.of('participant', [part.code('context', context), part.code('state', state)]);
}
