import { Fault } from '#platform/fhir';
import { apiFlags, FhirApi, type ApiFlags } from '../api/fhir-api.ts';
import { ProgressBar } from '../api/progress-bar.ts';
import { verb } from '../verb.ts';
import { numberOf, parametersIn, partsOf, valueNamed, type Parts } from '../api/parameters.ts';
import { packOperand } from './pack-operand.ts';
import { notFoundAgain, toldDifferences } from './told-differences.ts';

interface TryOptions extends ApiFlags {
  readonly since?: string;
  readonly limit: string;
}

interface Tried {
  readonly tried: number;
  /** Those that cannot be tried: not readable, or what they were made of is gone. */
  readonly untried: number;
  readonly differences: readonly Parts[];
}

const shownLines = 50;

/** Makes again, without writing, what came and what was made, by the pack in force and by another. */
export function tryVerb() {
  return verb<TryOptions>(
    'try',
    'tell what a pack would make otherwise of stored messages and discharges, and who would be told otherwise; nothing is written',
    (command) =>
      apiFlags(command.argument('<pack>', 'NAME@VERSION'))
        .option('--since <instant>', 'only messages and documents since')
        .option(
          '--limit <number>',
          'at most so many messages, and as many discharges, the newest first',
          '1000',
        ),
    async (options, told, [operand]) => {
      const { name, version } = packOperand(operand);
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1)
        throw new Fault('bad-parameter', '--limit is a number from 1.');
      const query = new URLSearchParams({ name, version });
      if (options.since !== undefined) query.set('since', options.since);
      const api = await FhirApi.open(options);
      const messages = await tryAll(api, 'messages', query, limit, 100);
      const discharges = await tryAll(api, 'discharges', query, limit, 20);
      told.answer(textOf(`${name}@${version}`, messages, discharges), {
        name,
        version,
        messages,
        discharges,
      });
    },
  );
}

async function tryAll(
  api: FhirApi,
  what: 'messages' | 'discharges',
  query: URLSearchParams,
  limit: number,
  pageSize: number,
): Promise<Tried> {
  const bar = new ProgressBar(what);
  const differences: Parts[] = [];
  let [tried, untried] = [0, 0];
  try {
    for (let before: unknown = ''; before !== undefined && tried < limit; bar.show(tried, tried / limit)) {
      const page = new URLSearchParams(query);
      page.set('_count', String(Math.min(pageSize, limit - tried)));
      if (before !== '') page.set('before', String(before));
      const answer = parametersIn(await api.get(`$rules-try-${what}?${page.toString()}`));
      tried += numberOf(answer, 'tried');
      untried += numberOf(answer, what === 'messages' ? 'unreadable' : 'lost');
      differences.push(...partsOf(answer, 'difference'));
      before = valueNamed(answer, 'next');
    }
  } finally {
    bar.end();
  }
  return { tried, untried, differences };
}

function textOf(pack: string, messages: Tried, discharges: Tried): string {
  const lines = toldDifferences([...discharges.differences, ...messages.differences]);
  const more = lines.length - shownLines;
  return [
    `${pack} against the rules in force:`,
    `  ${messages.tried} messages: ${count(messages, 'message')} come out otherwise, ${messages.untried} cannot be read.`,
    `  ${discharges.tried} discharges: ${count(discharges, 'document', 'section')} documents come out otherwise, ${discharges.untried} cannot be made again.`,
    `  Of ${count(discharges, 'document', 'event')} of these stays others are told otherwise: at the arrival, the admission or the discharge.`,
    ...notFoundAgain(messages.differences).map((line) => `  ${line}`),
    ...(lines.length === 0 ? [] : ['What comes out otherwise:']),
    ...lines.slice(0, shownLines).map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${more} more kinds of difference (--json lists all)`] : []),
  ].join('\n');
}

/** Of how many messages or documents there are differences, or those that name a section or an event. */
function count({ differences }: Tried, of: string, naming = of): number {
  return new Set(differences.filter((each) => each[naming] !== undefined).map((each) => each[of])).size;
}
