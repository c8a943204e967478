// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import { Handles, reply, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, readParameters } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { findMessage } from '../store/v2-queue.ts';
import { messageId } from '../v2/message-id.ts';
import { textOf } from '../v2/text-of.ts';
import { messageParameter } from './v2-messages.ts';

export const v2Message = operation('exchange', {
  name: 'v2-message',
  level: 'system',
  readOnly: true,
  documentation: 'One HL7 v2 message as it came, with what became of it.',
});

/**
 * `GET $v2-message?id=` answers Parameters: `message` as `$v2-messages` has it, and `body`, the text with a line for each
 * segment; bytes that cannot be read as text stand there as Base64, in `bytes`. That somebody read it is recorded. Faults:
 * `forbidden` without the scope to read MessageHeader, `not-found`, `unknown-parameter`, `bad-parameter`.
 */
@Controller()
export class V2MessageOperation {
  constructor(
    @Inject(ContextDatabaseToken) private readonly database: ContextDatabase,
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
  ) {}

  @Handles(v2Message.contract)
  async read(caller: Caller, request: InvokeOperation): Promise<Reply<object>> {
    assertScope(caller, 'MessageHeader', 'r');
    const id = messageId(readParameters(request, undefined, ['id']).get('id')?.at(-1));
    const found = await findMessage(this.database, caller, id);
    if (found === undefined)
      throw new Fault('not-found', 'There is no such message. $v2-messages lists them.');
    await this.store.recordDisclosure(caller, {
      action: 'R',
      type: 'MessageHeader',
      id,
      count: 1,
      patients: found.patients,
      detail: '$v2-message',
    });
    const text = textOf(found.body, found.characterSet);
    const body =
      text === undefined
        ? { name: 'bytes', valueBase64Binary: found.body.toString('base64') }
        : { name: 'body', valueString: text };
    const parameter = [messageParameter(found), body];
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }
}
