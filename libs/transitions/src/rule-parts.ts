import { ContextDatabaseToken, type ContextDatabase } from '#platform/database';
import {
  CheckPackToken,
  CreateRules1764300000000,
  RuleBook,
  rulesController,
  type CheckPack,
} from '#platform/rules';
import { readTransitionRules } from './domain/read-transition-rules.ts';
import { remake, RemakeOperation } from './operations/remake.ts';
import { rulesTryDischarges, RulesTryDischargesOperation } from './operations/rules-try-discharges.ts';
import { RemakeDocument } from './remake-document.ts';
import { RulesInForce } from './rules-in-force.ts';
import { DischargeSources } from './store/discharge-sources.ts';
import { CreateDischargeSources1764300200000 } from './store/discharge-sources.migration.ts';

const checkPack: CheckPack = (pack) => readTransitionRules(pack).issues;

/** What the context has for rule packs: it decides by what they say of documents and notices, as `exchange` tells it. */
export const ruleParts = {
  operations: [remake, rulesTryDischarges],
  controllers: [rulesController('transitions'), RemakeOperation, RulesTryDischargesOperation],
  providers: [
    {
      provide: RuleBook,
      useFactory: (database: ContextDatabase) => new RuleBook(database),
      inject: [ContextDatabaseToken],
    },
    { provide: CheckPackToken, useValue: checkPack },
    RulesInForce,
    DischargeSources,
    RemakeDocument,
  ],
  migrations: [CreateRules1764300000000, CreateDischargeSources1764300200000],
};
