// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { assertOperator } from '#platform/access';
import { flagIn, parkedEventContracts, wholeNumberIn, type ToldParked } from '#platform/runtime';
import { askContexts } from './ask-contexts.ts';
import { part, type EdgeOperation, type ParameterPart } from './edge-operation.ts';

const mostCount = 1_000;

/**
 * `GET $events-parked?keys=true&_count=` answers Parameters with a `parked` for the first event of each parked order key:
 * `context`, `subscription`, `publisher`, `event` (its id), `pattern`, `occurred`, `attempts`, `reason` (a kind of fault),
 * `behind` (how many wait behind it), and with `keys` the `key` itself, which mostly names a patient: that is recorded.
 * `missing`: a context that does not answer now. `_count`, 100 unless told, is for each context.
 */
export const eventsParked: EdgeOperation = {
  name: 'events-parked',
  readOnly: true,
  documentation: 'The events that a listener refused until somebody replays them, in all contexts.',
  takes: ['keys', '_count'],
  async perform(edge, call, given) {
    assertOperator(call.caller, 's');
    const request = {
      withKeys: flagIn(given, 'keys'),
      count: Math.min(wholeNumberIn(given, '_count') ?? 100, mostCount),
    };
    const names = edge.contexts.map(({ name }) => name);
    const { answers, missing } = await askContexts(names, (context) =>
      edge.call(call, parkedEventContracts(context).list, request),
    );
    return [
      ...answers.flatMap(({ context, result }) => result.map((parked) => told(context, parked))),
      ...missing.map((context) => part.code('missing', context)),
    ];
  },
};

function told(context: string, parked: ToldParked): ParameterPart {
  return part.of('parked', [
    part.code('context', context),
    part.string('subscription', parked.subscription),
    part.code('publisher', parked.publisher),
    part.string('event', parked.id),
    part.string('pattern', parked.pattern),
    { name: 'occurred', valueInstant: new Date(parked.occurredAt).toISOString() },
    part.count('attempts', parked.attempts),
    part.code('reason', parked.reason),
    part.count('behind', parked.behind),
    ...(parked.orderKey === undefined ? [] : [part.string('key', parked.orderKey)]),
  ]);
}
