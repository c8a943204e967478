import { type Fields, all, fields, words } from '#platform/fhir';
import { eventOf, foreignEncounter, saidOf, type ReceivedBundle } from './received-bundle.ts';
import { coding, date } from './wording.ts';

const said: Readonly<Record<string, string>> = {
  'notification-admit': 'Admitted',
  'notification-discharge': 'Discharged',
  'notification-transfer': 'Transferred',
};

/**
 * The notice on the patient's record, for people to read. https://hl7.org/fhir/R4/communication.html
 *
 * @param receivedAt Milliseconds since the epoch.
 */
export function receivedNotice(
  id: string,
  notice: ReceivedBundle,
  ids: { readonly bundle: string; readonly patient: string },
  receivedAt: number,
): Fields {
  const { first, follow, identifier, timestamp } = notice;
  const sender = saidOf(first['sender'] ?? first['responsible'], follow) ?? source(first);
  return {
    resourceType: 'Communication',
    id,
    ...(identifier === undefined ? {} : { identifier: [identifier] }),
    status: 'completed',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/communication-category',
            code: 'notification',
            display: 'Notification',
          },
        ],
      },
    ],
    subject: { reference: `Patient/${ids.patient}` },
    topic: { coding: [first['eventCoding']], text: said[eventOf(first) ?? ''] },
    about: [{ reference: `Bundle/${ids.bundle}` }],
    ...(timestamp === undefined ? {} : { sent: timestamp }),
    received: new Date(receivedAt).toISOString(),
    ...(sender === undefined ? {} : { sender }),
    payload: [{ contentString: sentence(notice) }],
  };
}

function source(header: Fields): object | undefined {
  const display = words(fields(header['source'])['name']);
  return display === undefined ? undefined : { display };
}

/** "Admitted: inpatient encounter, since 2026-11-22 09:30 UTC, at General Hospital, treated by Dr. Mer Grey." */
function sentence(notice: ReceivedBundle): string {
  const { first, follow } = notice;
  const encounter = foreignEncounter(notice);
  const { start, end } = fields(encounter['period']);
  const display = (reference: unknown): string | undefined =>
    words(fields(saidOf(reference, follow))['display']);
  const [from, to] = [date(start), date(end)];
  const treating = all(encounter['participant'])
    .map(({ individual }) => display(individual))
    .filter(Boolean);
  const facts = [
    coding(encounter['class']),
    from && `since ${from}`,
    to && `until ${to}`,
    prefixed('at', display(encounter['serviceProvider']) ?? display(first['sender'])),
    prefixed('treated by', words([...new Set(treating)].join(', '))),
  ].filter(Boolean);
  const what = said[eventOf(first) ?? ''] ?? 'Notice';
  return facts.length === 0 ? `${what}.` : `${what}: ${facts.join(', ')}.`;
}

function prefixed(prefix: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${prefix} ${text}`;
}
