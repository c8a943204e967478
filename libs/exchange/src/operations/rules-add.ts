// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Fault } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { assertMayHandleRules, packCode } from '#platform/rules';
import { InvokeOperation, operation } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { RuleKeeper } from '../rules/rule-keeper.ts';

export const rulesAdd = operation('exchange', {
  name: 'rules-add',
  level: 'system',
  readOnly: false,
  documentation:
    'Adds a rule pack, a collection Bundle. It is checked by all that decide by it, and is not yet in force.',
});

/**
 * `POST $rules-add` takes the pack (docs/rule-packs.md) and answers Parameters: `name`, `version`, `hash`. The same again
 * changes nothing. Faults: `forbidden` without the scope to update Library, `invalid` with an issue for each thing wrong,
 * `conflict` when another content has its name and version, `unavailable` while a part does not answer.
 */
@Controller()
export class RulesAddOperation {
  constructor(
    @Inject(RuleKeeper) private readonly keeper: RuleKeeper,
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
  ) {}

  @Handles(rulesAdd.contract)
  async add(caller: Caller, _request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    assertMayHandleRules(caller, 'u');
    const [content] = scope.texts;
    if (content === undefined)
      throw new Fault('malformed', 'There is no body. Send the pack, a collection Bundle.');
    const pack = await this.keeper.add(caller, content);
    await this.store.recordDisclosure(caller, {
      action: 'E',
      type: 'Library',
      count: 0,
      patients: [],
      detail: `$rules-add ${packCode(pack)}`,
    });
    const { name, version, hash } = pack;
    const parameter = Object.entries({ name, version, hash }).map(([key, valueString]) => ({
      name: key,
      valueString,
    }));
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter })]);
  }
}
