// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import { assertScope, type Caller } from '#platform/access';
import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { Hl7Fault } from '#platform/hl7v2';
import { Handles, reply, type Reply } from '#platform/messaging';
import { assertMayHandleRules, RuleBook, type RulePack } from '#platform/rules';
import {
  instantIn,
  InvokeOperation,
  operation,
  readParameters,
  requiredValue,
  wholeNumberIn,
} from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { mappingDifferences, type MappingDifference } from '../domain/mapping-differences.ts';
import { mapperOf } from '../rules/v2-mappers.ts';
import { listBodies, type V2MessageToTry } from '../store/v2-queue.ts';
import { readV2 } from '../v2/read-v2.ts';

export const rulesTryMessages = operation('exchange', {
  name: 'rules-try-messages',
  level: 'system',
  readOnly: true,
  documentation:
    'What a rule pack would make otherwise of the HL7 v2 messages that came; nothing is written.',
});

const mostMessages = 500;

/**
 * `GET $rules-try-messages?name=&version=&since=&_count=&before=` maps messages, newest first, by the pack in force now
 * and by this one, and answers Parameters: `tried`, `unreadable`, and a `difference` for each element that comes out
 * otherwise: `message`, `resource`, `element`, `before`, `after` (JSON; absent: it is not there). `next`: the `before` of
 * the next page. That messages were read is recorded. Faults: `forbidden` without the scopes to read Library and
 * MessageHeader, `not-found`, `bad-parameter`.
 */
@Controller()
export class RulesTryMessagesOperation {
  constructor(
    @Inject(ContextDatabaseToken) private readonly database: ContextDatabase,
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
    @Inject(RuleBook) private readonly book: RuleBook,
  ) {}

  @Handles(rulesTryMessages.contract)
  async try(caller: Caller, request: InvokeOperation): Promise<Reply<object>> {
    assertMayHandleRules(caller, 'r');
    assertScope(caller, 'MessageHeader', 'r');
    const asked = readParameters(request, undefined, ['name', 'version', 'since', '_count', 'before']);
    const candidate = await this.book.pack(requiredValue(asked, 'name'), requiredValue(asked, 'version'));
    const inForce = await this.book.inForce(Date.now());
    const count = Math.min(wholeNumberIn(asked, '_count') ?? 100, mostMessages);
    const before = wholeNumberIn(asked, 'before');
    const since = instantIn(asked, 'since');
    const found = await listBodies(this.database, caller, {
      count,
      ...(since === undefined ? {} : { since }),
      ...(before === undefined ? {} : { before }),
    });
    const page = found.slice(0, count);
    await this.#record(caller, page);
    const tried = page.map((message) => ({
      message,
      differences: this.#differences(message, inForce, candidate),
    }));
    const readable = tried.filter(({ differences }) => differences !== undefined).length;
    const parameter: object[] = [
      { name: 'tried', valueUnsignedInt: page.length },
      { name: 'unreadable', valueUnsignedInt: page.length - readable },
      ...tried.flatMap(({ message, differences = [] }) =>
        differences.map((each) => parameterOf(message.id, each)),
      ),
    ];
    if (found.length > page.length)
      parameter.push({ name: 'next', valueString: String(page.at(-1)!.position) });
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }

  /** Undefined for what no rules can read. */
  #differences(
    { listener, body, characterSet }: V2MessageToTry,
    inForce: RulePack | undefined,
    candidate: RulePack,
  ): readonly MappingDifference[] | undefined {
    try {
      const { message } = readV2(body, characterSet);
      return mappingDifferences(
        mapperOf(inForce, listener).map(message),
        mapperOf(candidate, listener).map(message),
      );
    } catch (error) {
      if (error instanceof Hl7Fault) return undefined;
      throw error;
    }
  }

  async #record(caller: Caller, page: readonly V2MessageToTry[]): Promise<void> {
    await this.store.recordDisclosure(caller, {
      action: 'R',
      type: 'MessageHeader',
      count: page.length,
      patients: [...new Set(page.flatMap(({ patients }) => patients))],
      detail: '$rules-try-messages',
    });
  }
}

function parameterOf(message: string, difference: MappingDifference): object {
  const told = Object.entries(difference) as [string, string][];
  const part = [
    { name: 'message', valueUuid: `urn:uuid:${message}` },
    ...told.map(([name, valueString]) => ({ name, valueString })),
  ];
  return { name: 'difference', part };
}
