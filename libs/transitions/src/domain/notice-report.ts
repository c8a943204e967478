import { type Fields, all, fields, words } from '#platform/fhir';
import { packCode } from '#platform/rules';
import { extensionOf, extensions, topicOf } from './communication.ts';
import { type Fact } from './fact.ts';
import { rulePackSystem, type NoticeRule, type TransitionRules } from './transition-rules.ts';

/** One recipient of one notice, as a surveyor reads it; or an event of which nothing is recorded. */
export interface ReportLine {
  readonly topic: string;
  readonly title: string;
  /** An instant. */
  readonly occurred: string;
  /** `Type/id`. */
  readonly encounter: string;
  readonly patient: string;
  readonly recipients: readonly string[];
  /** Of the Communication; `missing` when there is none though there should be. */
  readonly status: string;
  readonly toldAt: string;
  readonly attempts: string;
  readonly proof: string;
  /** Why it was not told, and what the notice lacks. */
  readonly why: string;
  readonly rules: string;
}

/** An event that had to be told, with what became of that. */
export interface ReportedEvent {
  readonly lines: readonly ReportLine[];
  /** How it stands out: nobody was told, or nothing is recorded. Absent when somebody was told, or is to be. */
  readonly alarm?: 'nobody-told' | 'not-recorded';
}

export interface Span {
  /** Milliseconds since the epoch. */
  readonly low: number;
  /** Exclusive. */
  readonly high: number;
}

export function occurredIn(communication: Fields, { low, high }: Span): boolean {
  const occurred = Date.parse(words(extensionOf(communication, extensions.occurred)) ?? '');
  return occurred >= low && occurred < high;
}

/** The notices of a period by event, the first event first. */
export function reportedEvents(communications: readonly Fact[]): readonly ReportedEvent[] {
  const lines = communications.map(({ fields: communication }) => lineOf(communication));
  const byEvent = Map.groupBy(lines, ({ encounter, topic, occurred }) => `${occurred} ${encounter} ${topic}`);
  return [...byEvent]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, of]) => {
      const isTold = of.some(({ status }) => status === 'completed' || status === 'in-progress');
      const inOrder = of.toSorted((a, b) => (a.recipients.join() < b.recipients.join() ? -1 : 1));
      return { lines: inOrder, ...(isTold ? {} : { alarm: 'nobody-told' as const }) };
    });
}

function lineOf(communication: Fields): ReportLine {
  const said = (url: string) => String(extensionOf(communication, url) ?? '');
  const reason = fields(communication['statusReason']);
  const notes = all(communication['note']).map(({ text }) => words(text) ?? '');
  const pack = all(fields(communication['meta'])['tag']).find(({ system }) => system === rulePackSystem);
  return {
    topic: topicOf(communication) ?? '',
    title: words(fields(communication['topic'])['text']) ?? '',
    occurred: said(extensions.occurred),
    encounter: words(fields(communication['encounter'])['reference']) ?? '',
    patient: words(fields(communication['subject'])['reference']) ?? '',
    recipients: all(communication['recipient']).map(nameOfRecipient),
    status: words(communication['status']) ?? '',
    toldAt: words(communication['sent']) ?? '',
    attempts: said(extensions.attempts),
    proof: said(extensions.proof),
    why: [words(reason['text']) ?? '', ...notes].filter(Boolean).join(' '),
    rules: words(pack?.['code']) ?? '',
  };
}

function nameOfRecipient({ reference, display }: Fields): string {
  const [address, name] = [words(reference), words(display)];
  if (address === undefined) return name ?? '';
  return name === undefined ? address : `${name} (${address})`;
}

const begun = ['arrived', 'triaged', 'in-progress', 'onleave', 'finished'];
const neverRecorded =
  'No notice is recorded of it. It was imported, or recorded when it was over, or what happened is still to be looked at.';

/**
 * The events that the stays of a period tell of by themselves, and that no notice is about: an admission at their start, a
 * discharge at their end.
 *
 * @param rulesAt those that decided about an instant, in milliseconds since the epoch
 * @param hasNotice whether there is a notice of the encounter, by its id, that the rule requires
 */
export async function unrecordedEvents(
  encounters: readonly Fact[],
  { low, high }: Span,
  rulesAt: (instant: number) => Promise<TransitionRules>,
  hasNotice: (encounter: string, rule: NoticeRule) => boolean,
): Promise<readonly ReportedEvent[]> {
  const events: ReportedEvent[] = [];
  for (const encounter of encounters) {
    for (const { steps, at } of happeningsOf(encounter.fields)) {
      if (!(at >= low && at < high)) continue;
      const rules = await rulesAt(at);
      const code = String(fields(encounter.fields['class'])['code']);
      const required = rules.notices.find(
        ({ on, classes }) => classes.includes(code) && on.some((step) => steps.includes(step)),
      );
      if (required === undefined || hasNotice(encounter.id, required)) continue;
      events.push({ lines: [missingLine(encounter, required, at, rules)], alarm: 'not-recorded' });
    }
  }
  return events;
}

/** What a stay tells of by itself; an instant that cannot be read is none. */
function happeningsOf(
  encounter: Fields,
): readonly { readonly steps: readonly string[]; readonly at: number }[] {
  const { start, end } = fields(encounter['period']);
  const status = words(encounter['status']) ?? '';
  const instant = (moment: unknown) => Date.parse(words(moment) ?? '');
  return [
    ...(begun.includes(status) ? [{ steps: ['arrived', 'admitted'], at: instant(start) }] : []),
    ...(status === 'finished' ? [{ steps: ['discharged'], at: instant(end) }] : []),
  ];
}

function missingLine(
  { id, fields: encounter }: Fact,
  { topic, title }: NoticeRule,
  at: number,
  rules: TransitionRules,
): ReportLine {
  return {
    topic,
    title,
    occurred: new Date(at).toISOString(),
    encounter: `Encounter/${id}`,
    patient: words(fields(encounter['subject'])['reference']) ?? '',
    recipients: [],
    status: 'missing',
    toldAt: '',
    attempts: '',
    proof: '',
    why: neverRecorded,
    rules: packCode(rules),
  };
}
