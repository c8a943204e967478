/**
 * Rules as dated data, for the contexts that decide by them.
 *
 * - `readPack(text)`: a pack as it is written, checked in its form; what its artefacts say, each context reads itself.
 * - `RuleBook`: the packs of one context and what is in force at an instant; its tables are `CreateRules…`.
 * - `ruleContracts(context)`, `rulesController(context)`: how the others are told of packs and changes.
 * - `RuleLeader`: where it is decided which changes come; there is one.
 */
export * from './contract.ts';
export { invalid, readPack } from './read-pack.ts';
export { leastNoticeMs, RuleBook, type HeldPack } from './rule-book.ts';
export { RuleLeader } from './rule-leader.ts';
export { itemsAt, packCode, packIssue, type PackEntry, type RulePack } from './rule-pack.ts';
export { inForceAt, type InForce, type RuleChange } from './rule-schedule.ts';
export { CreateRules1764300000000 } from './rule-tables.migration.ts';
export { assertMayHandleRules, CheckPackToken, rulesController, type CheckPack } from './rules.controller.ts';
