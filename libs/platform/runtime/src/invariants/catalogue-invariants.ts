import { resourceChanged, resourcesImported } from '#platform/store';
import type { ContextDefinition } from '../context-definition.ts';
import { refusal } from './refusal.ts';

/** What must hold of the contexts before any of them is started. */
export function assertCatalogue(contexts: readonly ContextDefinition[]): void {
  assertNames(contexts);
  assertOneOwner(contexts);
  for (const { name } of contexts) assertNoCycle(contexts, name, []);
  assertHeardIsPublished(contexts);
}

function assertNames(contexts: readonly ContextDefinition[]): void {
  const seen = new Set<string>(['edge']);
  for (const { name, needs = [] } of contexts) {
    if (seen.has(name))
      throw refusal(
        name,
        'the name is taken by another part. Names are unique, and `edge` is not a context.',
      );
    seen.add(name);
    const unknown = needs.find((need) => !contexts.some((context) => context.name === need));
    if (unknown !== undefined)
      throw refusal(name, `it needs ${unknown}, and there is no such context. Correct its \`needs\`.`);
  }
}

function assertOneOwner(contexts: readonly ContextDefinition[]): void {
  const owners = new Map<string, string>();
  for (const { name, types } of contexts) {
    for (const type of types) {
      const other = owners.get(type);
      if (other !== undefined)
        throw refusal(name, `${type} is owned by ${other} too. Leave it with one of them.`);
      owners.set(type, name);
    }
  }
}

function assertNoCycle(contexts: readonly ContextDefinition[], name: string, path: readonly string[]): void {
  if (path.includes(name))
    throw refusal(
      name,
      `it needs itself, by ${[...path, name].join(' → ')}. Take one step out, or publish an event instead.`,
    );
  for (const need of contexts.find((context) => context.name === name)?.needs ?? [])
    assertNoCycle(contexts, need, [...path, name]);
}

function assertHeardIsPublished(contexts: readonly ContextDefinition[]): void {
  const published = new Set(
    contexts.flatMap(({ name, publishes = [] }) =>
      [resourceChanged(name), resourcesImported(name), ...publishes].map(({ pattern }) => pattern),
    ),
  );
  for (const { name, hears = [] } of contexts) {
    const lost = hears.find(({ pattern }) => !published.has(pattern));
    if (lost !== undefined)
      throw refusal(
        name,
        `it hears ${lost.pattern}, which no context publishes. Add it to \`publishes\` of ${lost.context}.`,
      );
  }
}
