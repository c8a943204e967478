import { copyLexical, lexicalNumber, typeDefinition } from '#platform/fhir';
import type { MappedResource } from './mapped.ts';
import { placesAfter } from './places.ts';
import { isObject, removeAt } from './removal.ts';
import { clocksOf, standingOf } from './visit-event.ts';

type Json = Record<string, unknown>;

/**
 * By what instances of a repeating element are told apart; those a message speaks of replace their like, others stay.
 * Elements not named here are replaced as a whole.
 */
const keys: Readonly<Record<string, (item: Json) => unknown>> = {
  identifier: ({ system, value }) => [system, value],
  extension: ({ url }) => url,
  telecom: ({ use }) => use,
  name: ({ use }) => use,
  address: ({ use, type }) => [use, type],
  link: ({ other }) => other,
  participant: ({ type }) => type,
  category: (item) => item,
  basedOn: (item) => item,
  result: (item) => item,
};

/** What an event says of the course of a visit, and of where the patient is. */
const courseElements = ['status', 'period', 'hospitalization'];
const placeElements = ['class', 'location'];

/**
 * What is kept, with a mapped resource laid over it: elements the message does not speak of stay, those it sends as null
 * go, and what is only assumed, or told later than what is known, yields to it. Pure; neither argument is changed.
 */
export function merge(before: Json | undefined, mapped: MappedResource): Json {
  const content = withClocks(withPlaces(before, contentOf(mapped), mapped), clocksOf(before, mapped));
  if (before === undefined) return content;
  const { isLate } = standingOf(before, mapped);
  const late = [...(isLate.course ? courseElements : []), ...(isLate.place ? placeElements : [])];
  const result = copyLexical(before);
  for (const removal of mapped.removed)
    if (!late.includes(removal.path.split('.')[0] ?? '')) removeAt(result, removal);
  const assumed = new Set([...mapped.assumed, ...late]);
  const spoken = Object.entries(content).filter(
    ([name]) => !assumed.has(name) || !hasElement(result, mapped.type, name),
  );
  lay(result, Object.fromEntries(spoken), mapped.type);
  // Since when the patient is here was told anew with the place; until when, with the course.
  const { start } = (before['period'] ?? {}) as { start?: unknown };
  if (isLate.place && start !== undefined) (result['period'] as Json)['start'] = start;
  return result;
}

function withPlaces(before: Json | undefined, content: Json, { type, visit }: MappedResource): Json {
  const places = content['location'];
  if (type !== 'Encounter' || !Array.isArray(places)) return content;
  const known = (before?.['location'] ?? []) as Json[];
  return { ...content, location: placesAfter(known, places as Json[], visit?.movedAt) };
}

function withClocks(content: Json, told: readonly Json[]): Json {
  if (told.length === 0) return content;
  const meta = content['meta'] as { extension?: Json[] } | undefined;
  return { ...content, meta: { ...meta, extension: [...(meta?.extension ?? []), ...told] } };
}

/** What is mapped, its decimals with all their digits. */
function contentOf({ content, decimals }: MappedResource): Json {
  const result = copyLexical(content) as Json;
  for (const [path, text] of decimals) {
    const names = path.split(/[.[\]]+/).filter((name) => name !== '');
    const last = names.pop()!;
    const holder = names.reduce<Json | undefined>((at, name) => at?.[name] as Json | undefined, result);
    if (holder?.[last] !== undefined) holder[last] = lexicalNumber(text);
  }
  return result;
}

function hasElement(resource: Json, type: string, name: string): boolean {
  return name in resource || alternatives(type, name).some((other) => other in resource);
}

function lay(under: Json, over: Json, type: string): void {
  for (const [name, value] of Object.entries(over)) {
    for (const other of alternatives(type, name)) delete under[other];
    const kind = typeDefinition(type)?.elements.find((element) => element.name === name)?.types[0] ?? '';
    const found = under[name];
    if (Array.isArray(value) && Array.isArray(found))
      under[name] = joined(name, found as Json[], value as Json[]);
    else if (isObject(value) && isObject(found) && hasParts(kind)) lay(found, value, kind);
    else under[name] = value;
  }
}

/** Elements whose parts a message may speak of one by one. */
function hasParts(type: string): boolean {
  return type === 'Period' || type === 'Meta' || typeDefinition(type)?.kind === 'backbone';
}

function joined(name: string, before: readonly Json[], now: readonly Json[]): Json[] {
  const key = keys[name];
  if (!key) return [...now];
  const spoken = new Set(now.map((item) => JSON.stringify(key(item))));
  const kept = before.filter((item) => !spoken.has(JSON.stringify(key(item))));
  return [...kept, ...now];
}

/** The other types that a choice may have had: `effectivePeriod` for `effectiveDateTime`. */
function alternatives(type: string, name: string): readonly string[] {
  const choice = typeDefinition(type)?.elements.find(
    (element) => element.isChoice && name.replace(/^_/, '').startsWith(element.name.slice(0, -3)),
  );
  if (!choice) return [];
  const names = choice.types.map(
    (one) => choice.name.slice(0, -3) + one.charAt(0).toUpperCase() + one.slice(1),
  );
  const plain = name.replace(/^_/, '');
  return names.includes(plain)
    ? names.filter((other) => other !== plain).flatMap((other) => [other, `_${other}`])
    : [];
}
