/** People, organizations and places, which FHIR refers to and version 2 writes out where they are named. */
import type { Bundle } from './bundle.ts';
import { address, contact, identifier, name, type Components } from './datatypes.ts';
import type { Element } from './element.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a message is written from. */
export interface Source {
  readonly bundle: Bundle;
  readonly vocabulary: Vocabulary;
}

type Party = (reference: Element, source: Source) => Components | undefined;

/** A reference counts as said when what it leads to is. */
function told(write: Party) {
  return (reference: Element | undefined, source: Source): Components | undefined => {
    const components = reference && write(reference.unnoticed, source);
    if (components) reference.takeAll();
    return components;
  };
}

/** XCN: a practitioner, or who is named in words. Undefined where it is no person, or nothing is said of it. */
export const person = told((reference, source) => {
  let found = source.bundle.follow(reference);
  if (found?.type === 'PractitionerRole')
    found = source.bundle.follow(found.one('practitioner')) ?? found.one('practitioner');
  if (found?.type === 'Organization') return undefined;
  const [first] = [...(found ?? reference).all('identifier')].sort(nationalFirst);
  const loose = (found ? undefined : reference.one('identifier')) ?? first;
  const [id, , , authority, type] = loose ? identifier(loose, source.vocabulary) : [];
  const said = found?.type === 'Practitioner' ? found.all('name')[0] : undefined;
  const [family, given, middle, suffix, prefix, , use, , , , , start, end, titles] = said
    ? name(said, source.vocabulary)
    : [found?.text('display') ?? reference.text('display')];
  found?.text('active');
  const parts = [id, family, given, middle, suffix, prefix, '', '', authority, use, '', '', type];
  const isSomeone = [id, family, given].some((part) => part !== undefined && part !== '');
  return isSomeone ? [...parts, '', '', '', '', '', start, end, titles] : undefined;
});

/** The National Provider Identifier is known to everyone in the US; another only to who gave it. */
function nationalFirst(one: Element, other: Element): number {
  const isNational = (id: Element): boolean => id.peek('system') === 'http://hl7.org/fhir/sid/us-npi';
  return Number(isNational(other)) - Number(isNational(one));
}

/** XON: an organization, or one that is named in words. */
export const organization = told((reference, source) => {
  const found = source.bundle.follow(reference);
  if (found && found.type !== 'Organization') return undefined;
  found?.text('active');
  const label = found?.text('name') ?? reference.text('display');
  const first =
    (found ?? reference).all('identifier')[0] ?? (found ? undefined : reference.one('identifier'));
  const [id, , , authority, type] = first ? identifier(first, source.vocabulary) : [];
  if (label === undefined && id === undefined) return undefined;
  return [label, '', '', '', '', authority, type, '', '', id];
});

/** What else is said of an organization, for segments that have fields for it. */
export interface OrganizationDetails {
  readonly identifiers: readonly Components[];
  readonly addresses: readonly Components[];
  readonly contacts: readonly Components[];
  readonly telecoms: readonly Components[];
}

export function organizationDetails(found: Element, { vocabulary }: Source): OrganizationDetails {
  return {
    identifiers: found.all('identifier').map((one) => identifier(one, vocabulary)),
    addresses: found.all('address').map((one) => address(one, vocabulary)),
    contacts: found
      .all('contact')
      .flatMap((one) => one.one('name') ?? [])
      .map((one) => name(one, vocabulary)),
    telecoms: found.all('telecom').flatMap((one) => [contact(one, vocabulary) ?? []]),
  };
}

/** The component of a PL for a kind of place. https://terminology.hl7.org/CodeSystem-location-physical-type.html */
const levels: Readonly<Record<string, number>> = { wa: 1, ro: 2, bd: 3, si: 4, bu: 7, lvl: 8 };

/** PL: a location and those it is part of. One whose kind is not said stands where the care is given. */
export const place = told((reference, source) => {
  const innermost = source.bundle.follow(reference);
  if (!innermost) {
    const display = reference.text('display');
    return display === undefined ? undefined : [display];
  }
  const components: (string | undefined)[] = [];
  const seen = new Set<Element>();
  let at: Element | undefined = innermost;
  for (; at && !seen.has(at); at = source.bundle.follow(at.one('partOf'))) {
    seen.add(at);
    const level = kind(at);
    if (components[level - 1] !== undefined) continue;
    components[level - 1] = at.all('identifier')[0]?.text('value') ?? at.text('name');
    at.text('mode');
  }
  components[4] = innermost.text('status');
  const description = innermost.text('description');
  // A place that has a number is read by its name, where that is another.
  const [number] = innermost.all('identifier').map((one) => one.peek('value'));
  const name = number === undefined ? undefined : innermost.text('name');
  components[8] = description ?? (name === number ? undefined : name);
  return Array.from(components);
});

function kind(location: Element): number {
  for (const coding of location.one('physicalType')?.all('coding') ?? []) {
    const level = levels[coding.peek('code') ?? ''];
    if (level === undefined) continue;
    coding.takeAll();
    return level;
  }
  return 1;
}
