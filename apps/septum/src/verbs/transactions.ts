import { Command } from 'commander';
import { apiFlags, FhirApi, type ApiFlags } from './api/fhir-api.ts';
import { missingIn } from './api/missing.ts';
import { parameters, parametersIn, partsOf, type Parameter } from './api/parameters.ts';
import { verb } from './verb.ts';

interface ResolveOptions extends ApiFlags {
  readonly dryRun?: boolean;
}

const help = `
A transaction over several contexts ends by itself within seconds, also when a process dies. One that stays holds its locks:
  septum transactions in-doubt                      which, since when, and which contexts wait
  septum transactions resolve <id> rollback         nobody was told that it was stored
  septum transactions resolve <id> commit           what is prepared; what was not prepared is not in it
A decision that is written down is never decided against.`;

/** The open transactions of a running Septum, and deciding one that stays. */
export function transactionsVerb(): Command {
  return new Command('transactions')
    .description('transactions over several contexts: which are open, which in doubt, and deciding one')
    .addHelpText('after', help)
    .addCommand(listVerb('list', 'list all that are prepared, or not carried out everywhere', ''), {
      isDefault: true,
    })
    .addCommand(
      listVerb('in-doubt', 'list those of more than 5 s that nobody is at work on', '?inDoubt=true'),
    )
    .addCommand(resolveVerb());
}

function listVerb(name: string, summary: string, query: string): Command {
  return verb<ApiFlags>(name, summary, apiFlags, async (flags, told) => {
    const answer = parametersIn(await (await FhirApi.open(flags)).get(`$transactions-open${query}`));
    const transactions = answer.filter((each) => each.name === 'transaction').map(flat);
    const missing = missingIn(answer);
    const none = name === 'list' ? 'No transaction is open.' : 'No transaction is in doubt.';
    const lines = transactions.length === 0 ? [none] : transactions.map(transactionLine);
    told.answer([...lines, ...missing.lines].join('\n'), { transactions, missing: missing.contexts });
  });
}

interface ToldTransaction {
  readonly id: string;
  readonly age: number;
  readonly waits: readonly string[];
  readonly participants: readonly string[];
  readonly decision: string | null;
  readonly atWork: boolean;
}

function flat({ part = [] }: Parameter): ToldTransaction {
  const value = (name: string) => part.find((each) => each.name === name);
  const codes = (name: string) =>
    part.filter((each) => each.name === name).map((each) => String(each['valueCode']));
  return {
    id: String(value('id')?.['valueString']),
    age: Number(value('age')?.['valueDecimal']),
    waits: codes('waits'),
    participants: codes('participant'),
    decision: codes('decision')[0] ?? null,
    atWork: value('atWork')?.['valueBoolean'] === true,
  };
}

function transactionLine({ id, age, waits, participants, decision, atWork }: ToldTransaction): string {
  const state = atWork ? 'at work' : decision === null ? 'undecided' : `decided: ${decision}`;
  const takePart = participants.length === 0 ? '' : `, of ${participants.join(', ')}`;
  const waiting = waits.length === 0 ? 'prepared nowhere that answers' : `waits in ${waits.join(', ')}`;
  return `${id}  ${age} s  ${state}  ${waiting}${takePart}`;
}

function resolveVerb(): Command {
  return verb<ResolveOptions>(
    'resolve',
    'decide one, and tell it to all who take part',
    (command) =>
      apiFlags(command)
        .argument('<id>', 'as septum transactions tells it')
        .argument('<decision>', 'commit or rollback')
        .option('--dry-run', 'only tell who takes part, and whether it may be decided so'),
    async ({ dryRun, ...flags }, told, [id, decision]) => {
      const isTrial = dryRun === true;
      const body = parameters({ id, decision, ...(isTrial ? { dryRun: 'true' } : {}) });
      const answer = await (await FhirApi.open(flags)).post('$transactions-resolve', body);
      const participants = partsOf(parametersIn(answer), 'participant');
      const lines = participants.map(({ context, state }) => `  ${String(context)}: ${String(state)}`);
      const head = isTrial ? `It may be decided: ${decision}. Nothing was done.` : `Decided: ${decision}.`;
      told.answer([head, ...lines].join('\n'), { id, decision, participants, dryRun: isTrial });
    },
  );
}
