// An operation of Septum's own, defined as https://hl7.org/fhir/R4/operations.html asks.
import { Controller, Inject } from '@nestjs/common';
import type { Caller } from '#platform/access';
import { Handles, reply, type Reply } from '#platform/messaging';
import { assertMayHandleRules, inForceAt, RuleBook, RuleLeader } from '#platform/rules';
import { InvokeOperation, operation, readParameters } from '#platform/runtime';
import { changeParameter } from '../rules/change-parameters.ts';
import { instantText } from '../rules/rule-keeper.ts';

export const rulesList = operation('exchange', {
  name: 'rules-list',
  level: 'system',
  readOnly: true,
  documentation: 'The rule packs that there are, which is in force, and what was and is to be in force when.',
});

/**
 * `GET $rules-list` answers Parameters: a `pack` with `name`, `version`, `hash`, `added` and, of the one in force,
 * `inForce`; and a `change` with `at`, `name`, `version` (absent: retired), `until`, `state` for each change of what is in
 * force. Fault: `forbidden` without the scope to read Library.
 */
@Controller()
export class RulesListOperation {
  constructor(
    @Inject(RuleBook) private readonly book: RuleBook,
    @Inject(RuleLeader) private readonly leader: RuleLeader,
  ) {}

  @Handles(rulesList.contract)
  async list(caller: Caller, request: InvokeOperation): Promise<Reply<object>> {
    assertMayHandleRules(caller, 'r');
    readParameters(request, undefined, []);
    const [packs, changes, now] = await Promise.all([
      this.book.packs(),
      this.book.changes(),
      this.leader.now(),
    ]);
    const current = inForceAt(changes, now);
    const parameter = [
      ...packs.map(({ name, version, hash, addedAt }) => ({
        name: 'pack',
        part: [
          { name: 'name', valueString: name },
          { name: 'version', valueString: version },
          { name: 'hash', valueString: hash },
          { name: 'added', valueInstant: instantText(addedAt) },
          ...(typeof current === 'object' && current.name === name && current.version === version
            ? [{ name: 'inForce', valueBoolean: true }]
            : []),
        ],
      })),
      ...changes.map(changeParameter),
    ];
    return reply({}, [
      JSON.stringify({ resourceType: 'Parameters', ...(parameter.length === 0 ? {} : { parameter }) }),
    ]);
  }
}
