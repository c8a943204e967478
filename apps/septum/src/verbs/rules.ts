import { Command } from 'commander';
import { addVerb } from './rules/add.ts';
import { activateVerb, retireVerb, rollbackVerb } from './rules/change.ts';
import { listVerb } from './rules/list.ts';
import { remakeVerb } from './rules/remake.ts';
import { tryVerb } from './rules/try.ts';

/** Rule packs: what documents say, who is told, how HL7 v2 is read. docs/rule-packs.md */
export function rulesVerb(): Command {
  return new Command('rules')
    .description('rule packs: add, try, activate at an instant, go back')
    .addCommand(addVerb())
    .addCommand(listVerb())
    .addCommand(tryVerb())
    .addCommand(activateVerb())
    .addCommand(rollbackVerb())
    .addCommand(retireVerb())
    .addCommand(remakeVerb());
}
