// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { assertOperator } from '#platform/access';
import { flagIn } from '#platform/runtime';
import { part, type EdgeOperation, type ParameterPart } from './edge-operation.ts';
import { openTransactions, type OpenTransaction } from './open-transactions.ts';

/** A coordinator that lives has ended its transaction before. */
const inDoubtAfterMs = 5_000;

/**
 * `GET $transactions-open?inDoubt=true` answers Parameters with a `transaction` for each that is prepared in a context, or decided
 * and not carried out everywhere: `id`, `age` in seconds, `waits` for each context in which it holds its locks, `decision`
 * and `participant` as far as they are written down, `atWork` while its coordinator says that it is. `missing`: a context
 * that does not answer now. `inDoubt`: only those of more than 5 s whose coordinator is not at work.
 */
export const transactionsOpen: EdgeOperation = {
  name: 'transactions-open',
  readOnly: true,
  documentation: 'The transactions over several contexts that are not ended everywhere.',
  takes: ['inDoubt'],
  async perform(edge, call, given) {
    assertOperator(call.caller, 's');
    const onlyInDoubt = flagIn(given, 'inDoubt');
    const { transactions, missing } = await openTransactions(edge, call);
    return [
      ...transactions.filter((each) => !onlyInDoubt || isInDoubt(each)).map(told),
      ...missing.map((context) => part.code('missing', context)),
    ];
  },
};

function isInDoubt({ ageMs, decision }: OpenTransaction): boolean {
  return ageMs > inDoubtAfterMs && decision?.atWork !== true;
}

function told({ id, ageMs, waits, decision }: OpenTransaction): ParameterPart {
  return part.of('transaction', [
    part.string('id', id),
    part.seconds('age', ageMs),
    ...waits.map((context) => part.code('waits', context)),
    ...(decision?.decision == null ? [] : [part.code('decision', decision.decision)]),
    ...(decision?.participants ?? []).map((context) => part.code('participant', context)),
    part.flag('atWork', decision?.atWork === true),
  ]);
}
