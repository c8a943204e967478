import { topicSystem } from './communication.ts';
import type { ReportedEvent, ReportLine, Span } from './notice-report.ts';

/** How many events and notices of each kind there are. */
function totals(events: readonly ReportedEvent[]): Readonly<Record<string, number>> {
  const lines = events.flatMap((event) => event.lines);
  const having = (...statuses: readonly string[]) =>
    lines.filter(({ status }) => statuses.includes(status)).length;
  const alarmed = (alarm: ReportedEvent['alarm']) => events.filter((event) => event.alarm === alarm).length;
  return {
    events: events.length,
    'events-nobody-told': alarmed('nobody-told'),
    'events-not-recorded': alarmed('not-recorded'),
    told: having('completed'),
    due: having('in-progress'),
    'not-told': having('not-done', 'stopped'),
  };
}

/** The report as a Parameters resource: totals, then the events that stand out, then the others, each with its notices. */
export function reportParameters({ low, high }: Span, events: readonly ReportedEvent[]): object {
  const counts = Object.entries(totals(events)).map(([name, valueUnsignedInt]) => ({
    name,
    valueUnsignedInt,
  }));
  return {
    resourceType: 'Parameters',
    parameter: [
      // The last moment that belongs to it: a Period includes its end.
      { name: 'period', valuePeriod: { start: instant(low), end: instant(high - 1) } },
      ...counts,
      ...ordered(events).map(eventParameter),
    ],
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}

function ordered(events: readonly ReportedEvent[]): readonly ReportedEvent[] {
  const [alarmed, others] = [events.filter(({ alarm }) => alarm), events.filter(({ alarm }) => !alarm)];
  return [...alarmed, ...others];
}

function eventParameter({ lines, alarm }: ReportedEvent): object {
  const { topic, title, occurred, encounter, patient } = lines[0]!;
  return {
    name: 'event',
    part: [
      ...(alarm === undefined ? [] : [{ name: 'alarm', valueCode: alarm }]),
      {
        name: 'topic',
        valueCoding: { system: topicSystem, code: topic, display: title },
      },
      { name: 'occurred', valueInstant: occurred },
      { name: 'encounter', valueReference: { reference: encounter } },
      ...(patient === '' ? [] : [{ name: 'patient', valueReference: { reference: patient } }]),
      ...lines.map((line) => ({ name: 'notice', part: noticeParts(line) })),
    ],
  };
}

function noticeParts({
  recipients,
  status,
  toldAt,
  attempts,
  proof,
  why,
  rules,
}: ReportLine): readonly object[] {
  const text = (name: string, valueString: string) => (valueString === '' ? [] : [{ name, valueString }]);
  return [
    { name: 'status', valueCode: status },
    ...recipients.flatMap((recipient) => text('recipient', recipient)),
    ...(toldAt === '' ? [] : [{ name: 'told', valueDateTime: toldAt }]),
    ...(attempts === '' ? [] : [{ name: 'attempts', valueUnsignedInt: Number(attempts) }]),
    ...text('proof', proof),
    ...text('why', why),
    ...text('rules', rules),
  ];
}

const columns = [
  'alarm',
  'occurred',
  'topic',
  'encounter',
  'patient',
  'recipients',
  'status',
  'told',
  'attempts',
  'proof',
  'why',
  'rules',
];

/** The report as a table for a spreadsheet, one row a notice. https://www.rfc-editor.org/rfc/rfc4180 */
export function reportCsv(events: readonly ReportedEvent[]): string {
  const rows = ordered(events).flatMap(({ lines, alarm = '' }) =>
    lines.map((line) => [
      alarm,
      line.occurred,
      line.title,
      line.encounter,
      line.patient,
      line.recipients.join('; '),
      line.status,
      line.toldAt,
      line.attempts,
      line.proof,
      line.why,
      line.rules,
    ]),
  );
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A spreadsheet takes what begins with these for a formula, which nobody who is named in a directory may write here. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
