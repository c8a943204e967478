/** `modules.md`: the platform's libraries and the contexts, who leans on whom, and a canvas of each context. */
import { code, codes, head, page, table } from './markdown.mjs';

const platform = 'platform/';

export function modulesPage({ contexts, imports }) {
  const libraries = [...imports.keys()].filter((name) => name.startsWith(platform));
  const seen = new Map(libraries.map((name) => [short(name), platformImports(imports, name)]));
  const order = [...seen.keys()].sort(
    (one, other) => seen.get(one).length - seen.get(other).length || (one < other ? -1 : 1),
  );
  return page([
    ...head('Modules', 'the imports of the code and the declarations of the contexts'),
    '## The platform',
    '',
    'An arrow leads from a library to one it imports. What it reaches by way of another is left out of the picture and is in',
    'the table.',
    '',
    '```mermaid',
    'flowchart RL',
    ...order.map((name) => `  ${name}`),
    ...order.flatMap((name) => direct(seen, name).map((other) => `  ${name} --> ${other}`)),
    '```',
    '',
    ...table(
      ['library', 'imports'],
      order.map((name) => [code(name), codes(order.filter((each) => seen.get(name).includes(each)))]),
    ),
    '',
    '## The contexts',
    '',
    'A solid arrow: it calls the other by contracts (its declared needs). A dotted one: it hears the other’s events. The app',
    '`apps/septum` enters every context by its door; contexts know of each other nothing but `contract`.',
    '',
    '```mermaid',
    'flowchart LR',
    ...contexts.map(({ name }) => `  ${name}`),
    ...contexts.flatMap(({ name, needs }) => needs.map((other) => `  ${name} --> ${other}`)),
    ...contexts.flatMap(({ name, listeners }) =>
      [...new Set(listeners.map(({ publisher }) => publisher))].map(
        (other) => `  ${name} -. hears .-> ${other}`,
      ),
    ),
    '```',
    '',
    ...contexts.flatMap((context) => canvas(context, imports.get(context.name) ?? [])),
  ]);
}

function canvas({ name, types, needs, rules, operations, own, events, listeners }, doors) {
  const offered = own.filter(({ pattern }) => !operations.some((operation) => operation.pattern === pattern));
  const rows = [
    ['owns', codes(types)],
    ['rules of care for', codes(rules)],
    ['operations', codes(operations.map(({ address }) => address))],
    ['contracts of its own', codes(offered.map(({ pattern }) => pattern))],
    ['publishes', codes(events.map(({ pattern }) => pattern))],
    [
      'hears',
      listeners.map(({ pattern, subscription }) => `${code(pattern)} as ${code(subscription)}`).join(', ') ||
        '–',
    ],
    ['calls', codes(needs)],
    ['imports', codes(doors)],
  ].filter(([, what]) => what !== '–');
  return [`### ${name}`, '', ...(rows.length === 0 ? ['A name, and no types.'] : table(['', ''], rows)), ''];
}

function short(library) {
  return library.slice(platform.length);
}

function platformImports(imports, library) {
  return imports
    .get(library)
    .filter((door) => door.startsWith(`#${platform}`))
    .map((door) => door.slice(`#${platform}`.length));
}

/** Those imported that none of the others imported reaches. */
function direct(seen, name) {
  const reached = (from, found = new Set()) => {
    for (const other of seen.get(from) ?? []) if (!found.has(other)) reached(other, found.add(other));
    return found;
  };
  const own = seen.get(name);
  return own.filter((other) => !own.some((each) => each !== other && reached(each).has(other))).sort();
}
