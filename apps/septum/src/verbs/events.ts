import { Command } from 'commander';
import { Fault } from '#platform/fhir';
import { apiFlags, FhirApi, type ApiFlags } from './api/fhir-api.ts';
import { numberOf, parameters, parametersIn, partsOf, type Parts } from './api/parameters.ts';
import { missingIn } from './api/missing.ts';
import { verb } from './verb.ts';

interface ParkedOptions extends ApiFlags {
  readonly keys?: boolean;
  readonly count: string;
}

interface ReplayOptions extends ApiFlags {
  readonly event?: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

const help = `
An event that its listener refused five times, or that is not valid, is parked with what follows for the same patient:
  septum events parked                                      where, since when, why, how many wait behind it
  septum events replay transitions discharge-summary        another round for all of one subscription
  septum events replay transitions discharge-summary --event <id>    for one patient, by the parked event
Once its cause is gone: the log of the context's process tells it, around the time at which the event occurred.`;

/** The parked events of a running Septum, in all contexts, and giving them another round. */
export function eventsVerb(): Command {
  return new Command('events')
    .description('events that a listener refused: which are parked, and replaying them')
    .addHelpText('after', help)
    .addCommand(parkedVerb())
    .addCommand(replayVerb());
}

function parkedVerb(): Command {
  return verb<ParkedOptions>(
    'parked',
    'list the first event of each parked order key, of all contexts',
    (command) =>
      apiFlags(command)
        .option(
          '--keys',
          'tell the order keys too: PATIENT DATA, since most name a patient; it is recorded that you asked',
        )
        .option('--count <number>', 'how many at most of each context, to 1000', '100'),
    async ({ keys, count, ...flags }, told) => {
      const query = new URLSearchParams({ _count: count, ...(keys === true ? { keys: 'true' } : {}) });
      const answer = parametersIn(await (await FhirApi.open(flags)).get(`$events-parked?${query}`));
      const parked = partsOf(answer, 'parked');
      const missing = missingIn(answer);
      const lines = parked.length === 0 ? ['Nothing is parked.'] : parked.map(parkedLine);
      told.answer([...lines, ...missing.lines].join('\n'), { parked, missing: missing.contexts });
    },
  );
}

function parkedLine(parked: Parts): string {
  const { context, subscription, publisher, pattern, event, occurred, attempts, reason, behind, key } =
    parked;
  const line = [
    occurred,
    `${String(context)} ${String(subscription)}`,
    `${String(pattern)} of ${String(publisher)}`,
    event,
  ];
  const why = `${String(reason)} after ${String(attempts)} attempts, ${String(behind)} behind it`;
  return [...line, why, ...(key === undefined ? [] : [key])].map(String).join('  ');
}

function replayVerb(): Command {
  return verb<ReplayOptions>(
    'replay',
    'give what one subscription has parked another round; what waits behind it follows in order',
    (command) =>
      apiFlags(command)
        .argument('<context>', 'that hears, as septum events parked tells it')
        .argument('<subscription>', 'of that context')
        .option('--event <id>', 'only the order key of this parked event')
        .option('--key <key>', 'only this order key')
        .option('--dry-run', 'only tell how many it would be'),
    async ({ event, key, dryRun, ...flags }, told, [context, subscription]) => {
      if (event !== undefined && key !== undefined)
        throw new Fault('bad-parameter', 'Give either --event or --key: both name one order key.');
      const isTrial = dryRun === true;
      const body = parameters({ context, subscription, event, key, ...(isTrial ? { dryRun: 'true' } : {}) });
      const answer = parametersIn(await (await FhirApi.open(flags)).post('$events-replay', body));
      const counts = { keys: numberOf(answer, 'keys'), events: numberOf(answer, 'events') };
      told.answer(describeReplay(counts, isTrial), { ...counts, dryRun: isTrial });
    },
  );
}

function describeReplay({ keys, events }: { keys: number; events: number }, isTrial: boolean): string {
  if (keys === 0) return 'Nothing of that is parked. septum events parked lists what is.';
  const what = `${events} event${events === 1 ? '' : 's'} of ${keys} order key${keys === 1 ? '' : 's'}`;
  return isTrial
    ? `It would be ${what}. Nothing was done.`
    : `${what} to be applied again. septum events parked tells what is refused once more.`;
}
