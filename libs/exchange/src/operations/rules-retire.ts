// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import { assertMayHandleRules } from '#platform/rules';
import { instantIn, InvokeOperation, operation, readParameters, requiredValue } from '#platform/runtime';
import { ResourceStoreToken, type ResourceStore } from '#platform/store';
import { changeParameter } from '../rules/change-parameters.ts';
import { RuleKeeper } from '../rules/rule-keeper.ts';
import { TellRules } from '../rules/tell-rules.ts';

export const rulesRetire = operation('exchange', {
  name: 'rules-retire',
  level: 'system',
  readOnly: false,
  documentation: 'Has no rule pack in force from an instant on: then the rules hold that Septum brings.',
});

/**
 * `POST $rules-retire` takes Parameters `name`, optionally `at`, and answers the `change`, as `$rules-activate` does.
 * Faults: those of `RuleKeeper.retire`, `forbidden` without the scope to update Library.
 */
@Controller()
export class RulesRetireOperation {
  constructor(
    @Inject(RuleKeeper) private readonly keeper: RuleKeeper,
    @Inject(TellRules) private readonly tell: TellRules,
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
  ) {}

  @Handles(rulesRetire.contract)
  async retire(caller: Caller, request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    assertMayHandleRules(caller, 'u');
    const asked = readParameters(request, scope.texts[0], ['name', 'at']);
    const name = requiredValue(asked, 'name');
    await this.store.recordDisclosure(caller, {
      action: 'E',
      type: 'Library',
      count: 0,
      patients: [],
      detail: `$rules-retire ${name}`,
    });
    const change = await this.keeper.retire(caller, name, instantIn(asked, 'at'));
    this.tell.poke();
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter: [changeParameter(change)] })]);
  }
}
