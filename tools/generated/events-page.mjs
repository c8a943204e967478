/** `events.md`: what is published, with what in it, and who hears it. */
import { fieldLines } from './contracts-page.mjs';
import { code, head, page, table } from './markdown.mjs';

export function eventsPage({ contexts, classes }) {
  const everywhere = contexts[0].commonEvents;
  const own = contexts.flatMap(({ name, events }) => events.map((event) => ({ ...event, publisher: name })));
  const heard = (pattern) =>
    contexts.flatMap(({ name, listeners }) =>
      listeners
        .filter((listener) => listener.pattern === pattern)
        .map(({ subscription }) => `${code(name)} as ${code(subscription)}`),
    );
  return page([
    ...head('Events', "each context's declarations, its listeners and the classes of the payloads"),
    'An event is something that happened, said with ids and little more. It is kept with the write that caused it, delivered',
    'at least once, applied once, and in order for one patient (else one resource) within one context. On NATS its subject is',
    'its pattern behind `septum.event.`, in the stream `septum-<context>`.',
    '',
    ...table(
      ['pattern', 'published by', 'heard by', 'what'],
      [
        ...everywhere.map(({ name, payload }) => [
          code(`<context>.${name}`),
          'every context',
          contexts
            .map((context) => `${context.name}.${name}`)
            .flatMap((pattern) => heard(pattern).map((each) => `${each} of ${code(pattern)}`))
            .join(', ') || 'nobody',
          classes.get(payload)?.says ?? '',
        ]),
        ...own.map(({ pattern, publisher, says }) => [
          code(pattern),
          code(publisher),
          heard(pattern).join(', ') || 'nobody',
          says,
        ]),
      ],
    ),
    '',
    '## The payloads',
    '',
    ...[...new Set([...everywhere, ...own].map(({ payload }) => payload))]
      .sort()
      .flatMap((name) => [`### ${name}`, '', ...fieldLines(classes.get(name)?.fields ?? []), '']),
  ]);
}
