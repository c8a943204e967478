import { Command } from 'commander';
import { Fault } from '#platform/fhir';
import { apiFlags, FhirApi, type ApiFlags } from './api/fhir-api.ts';
import { numberOf, parametersIn, valueNamed } from './api/parameters.ts';
import { readTextFile } from './api/read-text-file.ts';
import { describeMessage, describeResent, flat, listMessages, plainId } from './v2/told-messages.ts';
import { verb } from './verb.ts';

interface ListOptions extends ApiFlags {
  readonly state?: string;
  readonly listener?: string;
  readonly warnings?: boolean;
  readonly count: string;
  readonly before?: string;
}

interface ResendOptions extends ApiFlags {
  readonly body?: string;
  readonly dismiss?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly listener?: string;
}

const help = `
A message that was rejected (its sender was told so) or failed (a context refused it later) waits for somebody:
  septum v2 list --state rejected,failed          which there are, and where each is wrong
  septum v2 list --warnings                       what was taken, but for what was left out or may be wrong
  septum v2 show <id> > message.hl7               as it came; that you read it is recorded
  septum v2 resend <id> --body message.hl7        the corrected text in its place
  septum v2 resend <id>                           as it came, once what refused it was corrected
  septum v2 resend <id> --dismiss                 nothing more is to become of it
  septum v2 resend --from 2026-03-01T00:00:00Z --to 2026-03-02T00:00:00Z    all of that time once more, in order
What a message said already changes nothing.`;

/** The HL7 v2 messages of a running Septum, and what becomes of those that are wrong. */
export function v2Verb(): Command {
  return new Command('v2')
    .description('HL7 v2 messages: which came and where each is wrong, one as it came, and applying again')
    .addHelpText('after', help)
    .addCommand(listVerb())
    .addCommand(showVerb())
    .addCommand(resendVerb());
}

function listVerb(): Command {
  return verb<ListOptions>(
    'list',
    'list messages, the newest first; nothing that stands in them',
    (command) =>
      apiFlags(command)
        .option('--state <states>', 'of waiting, applied, rejected, failed, dismissed, with commas')
        .option('--listener <name>', 'only what came by this listener')
        .option('--warnings', 'only what was taken although something is wrong with it')
        .option('--count <number>', 'how many at most, to 500', '50')
        .option('--before <position>', 'only older ones: the next page'),
    async ({ state, listener, warnings, count, before, ...flags }, told) => {
      const query = new URLSearchParams({ _count: count });
      for (const [name, value] of Object.entries({ state, listener, warnings, before }))
        if (value !== undefined) query.set(name, String(value));
      const api = await FhirApi.open(flags);
      const answer = parametersIn(await api.get(`$v2-messages?${query}`));
      const messages = answer.filter(({ name }) => name === 'message').map(flat);
      const next = valueNamed(answer, 'next');
      told.answer(listMessages(messages, next), { messages, next: next ?? null });
    },
  );
}

function showVerb(): Command {
  return verb<ApiFlags>(
    'show',
    'print one message as it came, and on stderr what became of it; that you read it is recorded',
    (command) => apiFlags(command).argument('<id>', 'as septum v2 list tells it'),
    async (flags, told, [id = '']) => {
      const api = await FhirApi.open(flags);
      const answer = parametersIn(await api.get(`$v2-message?id=${encodeURIComponent(id)}`));
      const message = flat(answer.find(({ name }) => name === 'message') ?? { name: 'message' });
      const [body, bytes] = [valueNamed(answer, 'body'), valueNamed(answer, 'bytes')];
      told.progress(describeMessage(message));
      told.answer(
        typeof body === 'string' ? body : `Base64, since it cannot be read as text: ${String(bytes)}`,
        {
          message,
          body,
          bytes,
        },
      );
    },
  );
}

function resendVerb(): Command {
  return verb<ResendOptions>(
    'resend',
    'apply a message again, as it came or corrected, or all of a stretch of time; or dismiss one',
    (command) =>
      apiFlags(command)
        .argument('[id]', 'as septum v2 list tells it; none with --from and --to')
        .option('--body <file>', 'the corrected text, a line for each segment; - is stdin')
        .option('--dismiss', 'nothing more is to become of it')
        .option('--from <instant>', 'all that came from then on')
        .option('--to <instant>', 'and before then')
        .option('--listener <name>', 'of that time, only what came by this listener'),
    async (options, told, [id]) => {
      const parameter = resendParameters(options, id);
      const body = JSON.stringify({ resourceType: 'Parameters', parameter });
      const answer = parametersIn(await (await FhirApi.open(options)).post('$v2-resend', body));
      const [applied, rejected] = [numberOf(answer, 'applied'), numberOf(answer, 'rejected')];
      const message = valueNamed(answer, 'message');
      const dismissed = options.dismiss === true;
      const taken = message === undefined ? null : plainId(message);
      const resent = { applied, rejected, dismissed, message: taken };
      told.answer(describeResent(resent), resent);
    },
  );
}

function resendParameters(options: ResendOptions, id: string | undefined): object[] {
  const { body, dismiss, from, to, listener } = options;
  const isOfTime = from !== undefined || to !== undefined;
  if (isOfTime ? id !== undefined || body !== undefined || dismiss === true : id === undefined)
    throw new Fault(
      'bad-parameter',
      'Give either the id of a message, or --from and --to. septum v2 list --state rejected,failed tells the ids.',
    );
  if (body !== undefined && dismiss === true)
    throw new Fault(
      'bad-parameter',
      'Give --body to correct the message or --dismiss to lay it aside, not both.',
    );
  const text = (name: string, value: string | undefined) =>
    value === undefined ? [] : [{ name, valueString: value }];
  if (isOfTime) return [...text('from', from), ...text('to', to), ...text('listener', listener)];
  return [
    ...text('id', id),
    ...text('body', body === undefined ? undefined : readTextFile(body)),
    ...(dismiss === true ? [{ name: 'dismiss', valueBoolean: true }] : []),
  ];
}
