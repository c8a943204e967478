// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { Fault, idForm } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, readParameters } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { DeliverCommunications } from '../delivery/deliver-communications.ts';
import { listStopped, sendAgain, type WhichDeliveries } from '../store/delivery-log.ts';

export const deliveryResend = operation('exchange', {
  name: 'delivery-resend',
  level: 'system',
  readOnly: false,
  documentation:
    'Has what was stopped sent again to its recipient: one communication, or all of an endpoint.',
});

/**
 * `POST $delivery-resend` takes Parameters with `communication`, the id of one that was stopped, or `endpoint`, whose stopped
 * ones are all sent again in their order. It answers Parameters with `resent`, how many those are. That somebody asked is
 * recorded. Faults: `forbidden` without the scope to update Communication, `bad-parameter`, `not-found`.
 */
@Controller()
export class DeliveryResendOperation {
  constructor(
    @Inject(ContextDatabaseToken) private readonly database: ContextDatabase,
    @Inject(DeliverCommunications) private readonly deliver: DeliverCommunications,
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
  ) {}

  @Handles(deliveryResend.contract)
  async resend(caller: Caller, request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    assertScope(caller, 'Communication', 'u');
    if (caller.patients !== undefined)
      throw new Fault(
        'forbidden',
        'A caller confined to patients cannot have anything sent again. Ask an operator.',
      );
    const which = whichOf(readParameters(request, scope.texts[0], ['communication', 'endpoint']));
    const stopped = await listStopped(this.database, which);
    if (stopped.length === 0)
      throw new Fault(
        'not-found',
        'Nothing like this was stopped. $deliveries?state=stopped lists what was.',
      );
    await this.#record(caller, which, stopped);
    const resent = await this.database.transact('*', (transaction) => {
      transaction.afterCommit(() => this.deliver.poke());
      return sendAgain(
        transaction,
        stopped.map(({ communication }) => communication),
      );
    });
    const parameter = [{ name: 'resent', valueUnsignedInt: resent }];
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }

  /** Who has what sent again, before it is. */
  #record(
    caller: Caller,
    which: WhichDeliveries,
    stopped: Awaited<ReturnType<typeof listStopped>>,
  ): Promise<void> {
    const one = 'communication' in which;
    return this.store.recordDisclosure(caller, {
      action: 'E',
      type: 'Communication',
      ...(one ? { id: which.communication } : {}),
      count: stopped.length,
      patients: stopped.flatMap(({ patients }) => patients),
      detail: `$delivery-resend ${one ? `Communication/${which.communication}` : `Endpoint/${which.endpoint}`}`,
    });
  }
}

function whichOf(given: ReadonlyMap<string, readonly string[]>): WhichDeliveries {
  const communication = given
    .get('communication')
    ?.at(-1)
    ?.replace(/^Communication\//, '');
  const endpoint = given
    .get('endpoint')
    ?.at(-1)
    ?.replace(/^Endpoint\//, '');
  if (communication !== undefined && endpoint === undefined && idForm.test(communication))
    return { communication };
  if (endpoint !== undefined && communication === undefined && idForm.test(endpoint)) return { endpoint };
  throw new Fault(
    'bad-parameter',
    'Give either the id of a communication, as $deliveries has it, or that of an endpoint.',
  );
}
