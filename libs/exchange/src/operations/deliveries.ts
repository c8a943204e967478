// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import {
  instantIn,
  InvokeOperation,
  operation,
  type OperationParameters,
  readParameters,
  wholeNumberIn,
} from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import type { DeliveryState } from '../store/deliveries.ts';
import { listDeliveries, type DeliveriesWanted, type LoggedDelivery } from '../store/delivery-log.ts';

export const deliveryLog = operation('exchange', {
  name: 'deliveries',
  level: 'system',
  readOnly: true,
  documentation:
    'What was to be told to recipients outside, newest first: to whom, how often it was tried, and how it ended; not what it says.',
});

const states: readonly DeliveryState[] = ['waiting', 'completed', 'stopped'];
const mostCount = 500;
const known = ['state', 'endpoint', 'partner', 'patient', 'since', 'before', '_count'];

/**
 * `GET $deliveries?state=stopped&endpoint=&partner=&patient=&since=&_count=&before=` answers Parameters with a `delivery` for
 * each: `communication`, `patient`, `endpoint`, `partner`, `state`, `due`, `attempts`, `firstAttempt`, `lastAttempt`, `ended`,
 * `proof` and `reason`, as far as it has them. `next`: the `before` of the next page. That somebody looked is recorded.
 * Faults: `forbidden` without the scope to search Communication, `unknown-parameter`, `bad-parameter`.
 */
@Controller()
export class DeliveriesOperation {
  constructor(
    @Inject(ContextDatabaseToken) private readonly database: ContextDatabase,
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
  ) {}

  @Handles(deliveryLog.contract)
  async list(caller: Caller, request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    assertScope(caller, 'Communication', 's');
    const wanted = wantedOf(readParameters(request, scope.texts[0], known));
    const found = await listDeliveries(this.database, caller, wanted);
    const page = found.slice(0, wanted.count);
    await this.store.recordDisclosure(caller, {
      action: 'E',
      type: 'Communication',
      count: page.length,
      patients: page.flatMap(({ patients }) => patients),
      detail: '$deliveries',
    });
    const parameter = page.map(deliveryParameter);
    if (found.length > page.length)
      parameter.push({ name: 'next', valueString: String(page.at(-1)!.position) });
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }
}

function deliveryParameter(delivery: LoggedDelivery): object {
  const { communication, endpoint, patients, partner, state, attempts, proof, reason } = delivery;
  const part: object[] = [
    { name: 'communication', valueReference: { reference: `Communication/${communication}` } },
    ...patients.map((id) => ({ name: 'patient', valueReference: { reference: `Patient/${id}` } })),
    { name: 'endpoint', valueReference: { reference: `Endpoint/${endpoint}` } },
    ...text('partner', partner),
    { name: 'state', valueCode: state },
    ...instant('due', delivery.dueAt),
    { name: 'attempts', valueUnsignedInt: attempts },
    ...instant('firstAttempt', delivery.firstAttemptAt),
    ...instant('lastAttempt', delivery.lastAttemptAt),
    ...instant('ended', delivery.endedAt),
    ...text('proof', proof),
    ...text('reason', reason),
  ];
  return { name: 'delivery', part };
}

function text(name: string, value: string | null): object[] {
  return value === null ? [] : [{ name, valueString: value }];
}

function instant(name: string, value: number | null): object[] {
  return value === null ? [] : [{ name, valueInstant: new Date(value).toISOString() }];
}

function wantedOf(given: OperationParameters): DeliveriesWanted {
  const last = (name: string) => given.get(name)?.at(-1);
  const wanted = last('state')?.split(',') ?? states;
  if (!wanted.every((state): state is DeliveryState => states.includes(state as DeliveryState)))
    throw new Fault('bad-parameter', `state must be of ${states.join(', ')}, with commas between them.`);
  const [before, since] = [wholeNumberIn(given, 'before'), instantIn(given, 'since')];
  const [endpoint, patient, partner] = [last('endpoint'), last('patient'), last('partner')];
  return {
    states: wanted,
    count: Math.min(wholeNumberIn(given, '_count') ?? 100, mostCount),
    ...(before === undefined ? {} : { before }),
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(endpoint === undefined ? {} : { endpoint: endpoint.replace(/^Endpoint\//, '') }),
    ...(patient === undefined ? {} : { patient: patient.replace(/^Patient\//, '') }),
    ...(partner === undefined ? {} : { partner }),
  };
}
