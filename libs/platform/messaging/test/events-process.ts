/**
 * The ward, the letters, or both, in a process of its own, so that a spec can kill it. It ends itself by SIGKILL at the
 * n-th time that it comes to a step, see `killedAt`; prints `ready`, then works until it is ended.
 */
import { openContextDatabase, type OpenContextDatabase } from '#platform/database';
import { Fault } from '#platform/fhir';
import { type EventPartOptions, JetStreams, NatsLink } from '#platform/messaging';
import { Conduct, discharged, exchangeOf, letterCaller, lettersHandlers } from './events-letters.ts';
import { killedAt } from './events-kill.ts';

export interface EventProcessOptions {
  readonly wardUrl?: string;
  readonly lettersUrl?: string;
  readonly natsUrl?: string;
  readonly step?: string;
  readonly nth?: number;
}

const {
  wardUrl,
  lettersUrl,
  natsUrl,
  step = '',
  nth = 1,
} = JSON.parse(process.argv[2] ?? '{}') as EventProcessOptions;

function open(context: string, url: string): OpenContextDatabase {
  return killedAt(openContextDatabase({ url, context }), step, nth);
}

// Each process fails twice on every seventh event of a key before it takes it.
const conduct = new Conduct();
const failed = new Map<string, number>();
conduct.within = async (event, subscription) => {
  const key = `${subscription} ${event.id}`;
  const times = failed.get(key) ?? 0;
  failed.set(key, times + 1);
  if (event.orderSequence % 7 === 3 && times < 2) throw new Fault('exception', 'not yet');
};

const parts: EventPartOptions[] = [];
if (wardUrl !== undefined)
  parts.push({ name: 'ward', database: open('ward', wardUrl), caller: letterCaller });
if (lettersUrl !== undefined) {
  const handlers = await lettersHandlers(conduct);
  parts.push({ name: 'letters', database: open('letters', lettersUrl), caller: letterCaller, handlers });
}
const streams =
  natsUrl === undefined
    ? undefined
    : new JetStreams({
        connection: (await NatsLink.connect({ servers: natsUrl })).connection,
        heard: [discharged.pattern],
      });
await exchangeOf(parts, [], streams === undefined ? {} : { streams }).start();
process.stdout.write('ready\n');
