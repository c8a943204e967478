// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import { Handles, reply, type Reply } from '#platform/messaging';
import {
  InvokeOperation,
  operation,
  readParameters,
  wholeNumberIn,
  type OperationParameters,
} from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import type { V2Issue, V2State } from '../store/v2-messages.ts';
import { listHeads, type V2MessageHead } from '../store/v2-queue.ts';

export const v2Messages = operation('exchange', {
  name: 'v2-messages',
  level: 'system',
  readOnly: true,
  documentation:
    'The HL7 v2 messages that came, newest first: from whom, what became of each, and where it is wrong; not what stands in them.',
});

const states: readonly V2State[] = ['waiting', 'applied', 'rejected', 'failed', 'dismissed'];
const mostCount = 500;
const known = ['state', 'listener', 'warnings', 'before', '_count'];

/**
 * `GET $v2-messages?state=rejected,failed&listener=&warnings=true&_count=&before=` answers Parameters with a `message` for each: `id`,
 * `position`, `received`, `listener`, `sender`, `controlId`, `event`, `state`, `repeated` (by its sender), `attempt` (to apply it, as somebody asked),
 * `corrects` and `correctedBy` (the message that it was taken in place of, and that was taken in place of it),
 * `rules` (the rule pack by which it was applied), and an `issue` with `location`, `code` and `text` for each thing wrong. `warnings`: only those that
 * were taken (`waiting`, `applied`) although something is wrong with them. `next`: the `before` of the next page. That somebody looked is recorded. Faults: `forbidden` without the scope to
 * search MessageHeader, `unknown-parameter`, `bad-parameter`.
 */
@Controller()
export class V2MessagesOperation {
  constructor(
    @Inject(ContextDatabaseToken) private readonly database: ContextDatabase,
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
  ) {}

  @Handles(v2Messages.contract)
  async list(caller: Caller, request: InvokeOperation): Promise<Reply<object>> {
    assertScope(caller, 'MessageHeader', 's');
    const wanted = wantedOf(readParameters(request, undefined, known));
    const heads = await listHeads(this.database, caller, wanted);
    const page = heads.slice(0, wanted.count);
    await this.store.recordDisclosure(caller, {
      action: 'E',
      type: 'MessageHeader',
      count: page.length,
      patients: page.flatMap(({ patients }) => patients),
      detail: '$v2-messages',
    });
    const parameter: object[] = page.map(messageParameter);
    if (heads.length > page.length)
      parameter.push({ name: 'next', valueString: String(page.at(-1)!.position) });
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }
}

export function messageParameter(head: V2MessageHead): object {
  const part: object[] = [
    { name: 'id', valueUuid: `urn:uuid:${head.id}` },
    { name: 'position', valueString: String(head.position) },
    { name: 'received', valueInstant: new Date(head.receivedAt).toISOString() },
    { name: 'listener', valueString: head.listener },
    ...(head.sender === '|' ? [] : [{ name: 'sender', valueString: head.sender }]),
    ...(head.controlId === '' ? [] : [{ name: 'controlId', valueString: head.controlId }]),
    { name: 'event', valueCode: head.event },
    { name: 'state', valueCode: head.state },
    { name: 'repeated', valueUnsignedInt: head.repeated },
    { name: 'attempt', valuePositiveInt: head.attempt },
    ...(head.reusedId ? [{ name: 'reusedControlId', valueBoolean: true }] : []),
    ...(head.corrects === null ? [] : [{ name: 'corrects', valueUuid: `urn:uuid:${head.corrects}` }]),
    ...(head.correctedBy === null
      ? []
      : [{ name: 'correctedBy', valueUuid: `urn:uuid:${head.correctedBy}` }]),
    ...(head.rules === null ? [] : [{ name: 'rules', valueString: head.rules }]),
    ...head.issues.map(issueParameter),
  ];
  return { name: 'message', part };
}

function issueParameter({ location, code, text }: V2Issue): object {
  const where = location === undefined ? [] : [{ name: 'location', valueString: location }];
  return {
    name: 'issue',
    part: [...where, { name: 'code', valueCode: code }, { name: 'text', valueString: text }],
  };
}

function wantedOf(given: OperationParameters) {
  const wanted = given.get('state')?.at(-1)?.split(',') ?? states;
  if (!wanted.every((state): state is V2State => states.includes(state as V2State)))
    throw new Fault('bad-parameter', `state must be of ${states.join(', ')}, with commas between them.`);
  const before = wholeNumberIn(given, 'before');
  const listener = given.get('listener')?.at(-1);
  const warnings = given.get('warnings')?.at(-1) ?? 'false';
  if (warnings !== 'true' && warnings !== 'false')
    throw new Fault('bad-parameter', 'warnings must be true or false.');
  return {
    states: wanted,
    warned: warnings === 'true',
    count: Math.min(wholeNumberIn(given, '_count') ?? 100, mostCount),
    ...(listener === undefined ? {} : { listener }),
    ...(before === undefined ? {} : { before }),
  };
}
