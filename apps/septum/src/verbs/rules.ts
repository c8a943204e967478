import { Command } from 'commander';
import { addVerb } from './rules/add.ts';
import { activateVerb, retireVerb } from './rules/change.ts';
import { listVerb } from './rules/list.ts';
import { remakeVerb } from './rules/remake.ts';
import { rollbackVerb } from './rules/rollback.ts';
import { tryVerb } from './rules/try.ts';

const help = `
A pack is one file with a version: what a discharge summary says, who is told of a stay, how HL7 v2 is read.
  septum rules add north.json                                   checked by all parts that decide by it; not in force yet
  septum rules try north@2026.1 --since 2026-03-01T00:00:00Z    what it would make otherwise; nothing is written
  septum rules activate north@2026.1 --at 2026-07-01T00:00:00Z  in force from then on in all parts, without a restart
  septum rules list                                             what is in force, and from when on
  septum rules rollback                                         call off what is planned; else what was in force before
  septum rules retire north                                     back to the rules that Septum brings
  septum rules remake Composition/5c0e...                       an old document, made again from its pack, and compared
An instant has to be five seconds off or more, so that all parts hear of it; without --at it is ten.
How a pack is written, and all that is promised: docs/rule-packs.md. One with everything: examples/rule-packs/north.json.`;

/** Rule packs: what documents say, who is told, how HL7 v2 is read. docs/rule-packs.md */
export function rulesVerb(): Command {
  return new Command('rules')
    .description('rule packs: add, try, activate at an instant, go back')
    .addHelpText('after', help)
    .addCommand(addVerb())
    .addCommand(listVerb())
    .addCommand(tryVerb())
    .addCommand(activateVerb())
    .addCommand(rollbackVerb())
    .addCommand(retireVerb())
    .addCommand(remakeVerb());
}
