// https://hl7.org/fhir/R4/messageheader-operation-process-message.html
import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import {
  all,
  asFault,
  derivedId,
  Fault,
  type Fields,
  fields,
  memberTexts,
  objectText,
  printableName,
  sliceParameters,
  words,
} from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { InvokeOperation, operation, readParameters } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import {
  eventOf,
  foreignPatient,
  patientIdentifiers,
  receivedBundle,
  type ReceivedBundle,
} from '../domain/received-bundle.ts';
import { noticeMessages } from '../domain/transition-rules.ts';

export const processMessage = operation('transitions', {
  name: 'process-message',
  level: 'system',
  readOnly: false,
  definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message',
  documentation:
    'Takes notifications of admission, discharge and transfer (Da Vinci Alerts), each once, and keeps them on the patient’s record.',
});

/**
 * `POST $process-message` takes a message Bundle, or Parameters with it as `content`, and answers the response message
 * once it is stored; sent again, it gets the same answer and nothing else happens. Needs the scope to update Bundle; the
 * patient is found by Septum itself. Faults: `malformed` for what is no message, `not-supported` for another event or an
 * answer at a later time, `business-rule` when no identifier says whose it is, `forbidden`.
 */
@Controller()
export class ProcessMessageOperation {
  readonly #store: ResourceStore;

  constructor(@Inject(ResourceStoreToken) store: ResourceStore) {
    this.#store = store;
  }

  @Handles(processMessage.contract)
  async process(caller: Caller, request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    assertSupported(request);
    const text = contentOf(scope.texts[0]);
    const message = readNotice(text);
    const id = derivedId('received-message', ...message.key);
    const bundle = objectText(new Map([...memberTexts(text), ['id', JSON.stringify(id)]]));
    try {
      await this.#store.write(caller, { method: 'update', type: 'Bundle', id, ifMatch: 0 }, bundle);
    } catch (error) {
      // It came before: the answer is the same.
      if (asFault(error).kind !== 'version-conflict') throw error;
    }
    return reply({}, [JSON.stringify(responseTo(message, id, request.base))]);
  }
}

function assertSupported(request: InvokeOperation): void {
  const parameters = readParameters(request, undefined, ['async', 'response-url']);
  if (parameters.get('async')?.includes('true') === true || parameters.has('response-url'))
    throw new Fault(
      'not-supported',
      'Messages are answered at once here. Send it without async and response-url.',
    );
}

function contentOf(body: string | undefined): string {
  if (body === undefined) throw new Fault('malformed', 'There is no body. Send a Bundle of type message.');
  if (memberTexts(body).get('resourceType') !== '"Parameters"') return body;
  const content = sliceParameters(body).find(({ name }) => name === 'content')?.resource;
  if (content === undefined)
    throw new Fault('malformed', 'The Parameters have no content. Give the message Bundle there.');
  return content;
}

function readNotice(text: string): ReceivedBundle {
  const bundle = parsed(text);
  const header = fields(fields(all(bundle['entry'])[0])['resource']);
  if (bundle['type'] !== 'message' || header['resourceType'] !== 'MessageHeader')
    throw new Fault('malformed', 'This is no message. Send a Bundle of type message, MessageHeader first.');
  const message = receivedBundle(bundle);
  if (message === undefined)
    throw new Fault(
      'not-supported',
      `Messages of ${printableName(eventOf(header) ?? 'no event')} are not taken here. Taken are: ${noticeMessages.join(', ')}.`,
    );
  if (message.key.at(-1) === '')
    throw new Fault(
      'business-rule',
      'The message has no name. Give it a Bundle.identifier or a MessageHeader.id.',
    );
  if (patientIdentifiers(foreignPatient(message)).length === 0)
    throw new Fault(
      'business-rule',
      'Nobody can say whose message this is. Put the Patient of the focus into it, with an identifier that has a system and a value.',
    );
  return message;
}

function parsed(text: string): Fields {
  try {
    return fields(JSON.parse(text));
  } catch (cause) {
    throw new Fault('malformed', 'The body is not JSON.', { cause });
  }
}

/** The same each time: it says nothing but that the message is here. */
function responseTo({ first }: ReceivedBundle, id: string, base: string): object {
  const answer = derivedId('message-response', id);
  return {
    resourceType: 'Bundle',
    id: answer,
    type: 'message',
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${answer}` },
    entry: [
      {
        fullUrl: `urn:uuid:${answer}`,
        resource: {
          resourceType: 'MessageHeader',
          id: answer,
          eventCoding: first['eventCoding'],
          source: { name: 'Septum', endpoint: `${base}/$process-message` },
          response: { identifier: words(first['id']) ?? id, code: 'ok' },
        },
      },
    ],
  };
}
