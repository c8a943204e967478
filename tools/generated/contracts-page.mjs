/** `contracts.md`: every request that a context answers. */
import { code, head, page, table } from './markdown.mjs';

export function contractsPage({ contexts, classes }) {
  const everywhere = contexts[0].common;
  const own = contexts.filter((context) => context.own.length > 0);
  return page([
    ...head('Contracts', "each context's declarations and the classes of their requests"),
    'A contract is a request that one context answers: all that its neighbours, and the edge, may know of it. Its pattern',
    'is its name in this process and, behind `septum.`, its subject on NATS. An *idempotent* one may be sent again when its',
    'answer was lost. Resources travel beside the request, as texts.',
    '',
    '## Answered by every context',
    '',
    `The pattern begins with the context's name: ${code(`${contexts[0].name}.${everywhere[0].name}`)}. What is not about`,
    "one of the context's own types is refused.",
    '',
    ...rows(
      everywhere.map((each) => ({ ...each, pattern: `<context>.${each.name}` })),
      classes,
    ),
    ...own.flatMap((context) => [`## Answered by \`${context.name}\``, '', ...rows(context.own, classes)]),
    '## The requests',
    '',
    ...requests(contexts, classes),
  ]);
}

function rows(contracts, classes) {
  return [
    ...table(
      ['pattern', 'request', 'idempotent', 'what'],
      contracts.map(({ pattern, request, idempotent, says }) => [
        code(pattern),
        `[${request}](#${request.toLowerCase()})`,
        idempotent ? 'yes' : 'no',
        says ?? classes.get(request)?.says ?? '',
      ]),
    ),
    '',
  ];
}

/** Each class once, with those it nests, by name. */
function requests(contexts, classes) {
  const names = new Set(
    contexts.flatMap(({ common, own }) => [...common, ...own].map(({ request }) => request)),
  );
  for (const name of names) {
    for (const { type } of classes.get(name)?.fields ?? []) {
      const nested = type.replace(/\[\]$/, '');
      if (classes.has(nested)) names.add(nested);
    }
  }
  return [...names]
    .sort()
    .flatMap((name) => [`### ${name}`, '', ...fieldLines(classes.get(name)?.fields ?? []), '']);
}

/** The fields of a message as a list. */
export function fieldLines(fields) {
  if (fields.length === 0) return ['No fields.'];
  return fields.map(({ name, type, optional, says }) => {
    const first = `- ${code(name)}${optional ? ' (optional)' : ''}: ${code(type)}`;
    return says === '' ? first : `${first}. ${says}`;
  });
}
