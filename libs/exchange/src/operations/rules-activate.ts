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

export const rulesActivate = operation('exchange', {
  name: 'rules-activate',
  level: 'system',
  readOnly: false,
  documentation:
    'Has a rule pack in force from an instant on, in all parts; also to go back to a former version.',
});

/**
 * `POST $rules-activate` takes Parameters `name`, `version`, optionally `at` (an instant; else as soon as all parts can
 * know), and answers the `change` once every part has noted it and it is settled. Faults: those of
 * `RuleKeeper.activate`, `forbidden` without the scope to update Library.
 */
@Controller()
export class RulesActivateOperation {
  constructor(
    @Inject(RuleKeeper) private readonly keeper: RuleKeeper,
    @Inject(TellRules) private readonly tell: TellRules,
    @Inject(ResourceStoreToken) private readonly store: ResourceStore,
  ) {}

  @Handles(rulesActivate.contract)
  async activate(caller: Caller, request: InvokeOperation, scope: CallScope): Promise<Reply<object>> {
    assertMayHandleRules(caller, 'u');
    const asked = readParameters(request, scope.texts[0], ['name', 'version', 'at']);
    const [name, version] = [requiredValue(asked, 'name'), requiredValue(asked, 'version')];
    await this.store.recordDisclosure(caller, {
      action: 'E',
      type: 'Library',
      count: 0,
      patients: [],
      detail: `$rules-activate ${name}|${version}`,
    });
    const change = await this.keeper.activate(caller, name, version, instantIn(asked, 'at'));
    this.tell.poke();
    return reply({}, [JSON.stringify({ resourceType: 'Parameters', parameter: [changeParameter(change)] })]);
  }
}
