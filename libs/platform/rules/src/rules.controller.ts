import { Controller, Inject, type Type } from '@nestjs/common';
import { assertScope, type Caller, type Interaction } from '#platform/access';
import { Fault, type Issue } from '#platform/fhir';
import { Handles, reply, type CallScope, type Reply } from '#platform/messaging';
import {
  NoteRuleChange,
  ruleContracts,
  SettleRuleChange,
  type CheckRules,
  type HoldRules,
} from './contract.ts';
import { readPack } from './read-pack.ts';
import { RuleBook } from './rule-book.ts';
import type { RulePack } from './rule-pack.ts';

/** Provide what a context finds wrong with a pack, in what it decides by, under this. */
export const CheckPackToken = Symbol('CheckPack');
export type CheckPack = (pack: RulePack) => readonly Issue[];

/** Rules are the installation's: nobody who is confined to patients handles them. */
export function assertMayHandleRules(caller: Caller, interaction: Interaction): void {
  assertScope(caller, 'Library', interaction);
  if (caller.patients !== undefined)
    throw new Fault(
      'forbidden',
      'A caller confined to patients does not handle rule packs. Ask an operator.',
    );
}

/** A controller class that answers `ruleContracts` of one context. */
export function rulesController(context: string): Type<object> {
  const rules = ruleContracts(context);

  @Controller()
  class RulesController {
    constructor(
      @Inject(RuleBook) private readonly book: RuleBook,
      @Inject(CheckPackToken) private readonly checkPack: CheckPack,
    ) {}

    @Handles(rules.check)
    check(caller: Caller, _request: CheckRules, scope: CallScope): Promise<Reply<readonly Issue[]>> {
      assertMayHandleRules(caller, 'r');
      return Promise.resolve(reply(this.checkPack(readPack(scope.texts[0] ?? ''))));
    }

    @Handles(rules.hold)
    async hold(caller: Caller, _request: HoldRules, scope: CallScope): Promise<Reply<object>> {
      assertMayHandleRules(caller, 'u');
      await this.book.hold(scope.texts[0] ?? '');
      return reply({});
    }

    @Handles(rules.note)
    async note(caller: Caller, request: NoteRuleChange, scope: CallScope): Promise<Reply<object>> {
      assertMayHandleRules(caller, 'u');
      const [content] = scope.texts;
      if (content !== undefined) await this.book.hold(content);
      const { position, at, name, version = null, until = null } = request;
      await this.book.note({ position, at, name, version, until, state: 'proposed' });
      return reply({});
    }

    @Handles(rules.settle)
    async settle(caller: Caller, { position, state }: SettleRuleChange): Promise<Reply<object>> {
      assertMayHandleRules(caller, 'u');
      await this.book.settle(position, state);
      return reply({});
    }
  }

  return RulesController;
}
