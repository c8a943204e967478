// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { Fault, idForm } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, readParameters } from '#platform/runtime';
import { DeliverCommunications } from '../delivery/deliver-communications.ts';
import { sendAgain } from '../store/delivery-log.ts';

export const deliveryResend = operation('exchange', {
  name: 'delivery-resend',
  level: 'system',
  readOnly: false,
  documentation:
    'Has what was stopped sent again to its recipient: one communication, or all of an endpoint.',
});

/**
 * `POST $delivery-resend` takes Parameters with `communication`, the id of one that was stopped, or `endpoint`, whose stopped
 * ones are all sent again in their order. It answers Parameters with `resent`, how many those are. Faults: `forbidden`
 * without the scope to update Communication, `bad-parameter`, `not-found`.
 */
@Controller()
export class DeliveryResendOperation {
  constructor(
    @Inject(ContextDatabaseToken) private readonly database: ContextDatabase,
    @Inject(DeliverCommunications) private readonly deliver: DeliverCommunications,
  ) {}

  @Handles(deliveryResend.contract)
  async resend(caller: Caller, request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    assertScope(caller, 'Communication', 'u');
    if (caller.patients !== undefined)
      throw new Fault(
        'forbidden',
        'A caller confined to patients cannot have anything sent again. Ask an operator.',
      );
    const given = readParameters(request, scope.texts[0], ['communication', 'endpoint']);
    const resent = await this.database.transact('*', (transaction) => {
      transaction.afterCommit(() => this.deliver.poke());
      return sendAgain(transaction, whichOf(given));
    });
    if (resent === 0)
      throw new Fault(
        'not-found',
        'Nothing like this was stopped. $deliveries?state=stopped lists what was.',
      );
    const parameter = [{ name: 'resent', valueUnsignedInt: resent }];
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }
}

function whichOf(given: ReadonlyMap<string, readonly string[]>): Parameters<typeof sendAgain>[1] {
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
