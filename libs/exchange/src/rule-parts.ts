import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import { CreateRules1764300000000, RuleBook, RuleLeader } from '#platform/rules';
import { rulesActivate, RulesActivateOperation } from './operations/rules-activate.ts';
import { rulesAdd, RulesAddOperation } from './operations/rules-add.ts';
import { rulesList, RulesListOperation } from './operations/rules-list.ts';
import { rulesRetire, RulesRetireOperation } from './operations/rules-retire.ts';
import { rulesTryMessages, RulesTryMessagesOperation } from './operations/rules-try-messages.ts';
import { RuleKeeper } from './rules/rule-keeper.ts';
import { TellRules } from './rules/tell-rules.ts';
import { AddRulesToV2Messages1764300100000 } from './store/migrations/1764300100000-add-rules-to-v2-messages.ts';
import { AddRulesInstantToV2Messages1764400000000 } from './store/migrations/1764400000000-add-rules-instant-to-v2-messages.ts';

/** What the context has for rule packs: it leads them, decides by what they say of HL7 v2, and tells the others. */
export const ruleParts = {
  operations: [rulesAdd, rulesList, rulesActivate, rulesRetire, rulesTryMessages],
  controllers: [
    RulesAddOperation,
    RulesListOperation,
    RulesActivateOperation,
    RulesRetireOperation,
    RulesTryMessagesOperation,
  ],
  providers: [
    {
      provide: RuleBook,
      useFactory: (database: ContextDatabase) => new RuleBook(database, { leads: true }),
      inject: [ContextDatabaseToken],
    },
    {
      provide: RuleLeader,
      useFactory: (database: ContextDatabase) => new RuleLeader(database),
      inject: [ContextDatabaseToken],
    },
    RuleKeeper,
    TellRules,
  ],
  migrations: [
    CreateRules1764300000000,
    AddRulesToV2Messages1764300100000,
    AddRulesInstantToV2Messages1764400000000,
  ],
};
