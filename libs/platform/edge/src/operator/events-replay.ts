// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { assertOperator } from '#platform/access';
import { Fault } from '#platform/fhir';
import { flagIn, parkedEventContracts, requiredValue } from '#platform/runtime';
import { part, type EdgeOperation } from './edge-operation.ts';

/**
 * `POST $events-replay` with Parameters `context`, `subscription`, and one of `event` (the id that `$events-parked` tells)
 * and `key` for one order key, neither for all: they get another round of attempts, and what waits behind them follows in
 * order. Answers `keys` and `events`, how many. With `dryRun` true they are only counted. The context records who did it.
 */
export const eventsReplay: EdgeOperation = {
  name: 'events-replay',
  readOnly: false,
  documentation: 'Gives parked events of one subscription another round of attempts.',
  takes: ['context', 'subscription', 'event', 'key', 'dryRun'],
  async perform(edge, call, given) {
    assertOperator(call.caller, 'u');
    const context = requiredValue(given, 'context');
    if (!edge.contexts.some(({ name }) => name === context))
      throw new Fault('bad-parameter', 'There is no such context. septum topology lists them.');
    const [orderKey, eventId] = [given.get('key')?.at(-1), given.get('event')?.at(-1)];
    const { result } = await edge.call(call, parkedEventContracts(context).replay, {
      subscription: requiredValue(given, 'subscription'),
      dryRun: flagIn(given, 'dryRun'),
      ...(orderKey === undefined ? {} : { orderKey }),
      ...(eventId === undefined ? {} : { eventId }),
    });
    return [part.count('keys', result.keys), part.count('events', result.events)];
  },
};
