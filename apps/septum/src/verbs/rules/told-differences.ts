import type { Parts } from '../api/parameters.ts';

/** Differences for people: a line for all that are the same, with how many there are and one of them to look at. */
export function toldDifferences(differences: readonly Parts[]): readonly string[] {
  const groups = Map.groupBy(differences, whatOf);
  return [...groups].map(([what, same]) => {
    const { message, document } = same[0]!;
    const one =
      message === undefined ? String(document) : `message ${String(message).replace('urn:uuid:', '')}`;
    return `${same.length} × ${what}, such as ${one}`;
  });
}

/** Patients and stays that are known by numbers which the other pack reads otherwise: a line, or none. */
export function notFoundAgain(differences: readonly Parts[]): readonly string[] {
  const others = differences.filter((each) => each['element'] === 'id' && isOther(each));
  const counted = (type: string, one: string) => {
    const found = others.filter(({ resource }) => String(resource).startsWith(`${type}/`));
    const count = new Set(found.map(({ resource }) => resource)).size;
    return count === 0 ? [] : [`${count} ${one}${count === 1 ? '' : 's'}`];
  };
  const who = [...counted('Patient', 'patient'), ...counted('Encounter', 'stay')].join(' and ');
  return who === ''
    ? []
    : [
        `${who} would not be found again: the pack gives their numbers another system. Their next messages would make them anew, beside what is there.`,
      ];
}

function whatOf(difference: Parts): string {
  const { resource, section, title, event, change, element } = difference;
  if (isId(difference) && isOther(difference)) return `${typeOf(resource)} with other ids and references`;
  const named = title === undefined ? '' : ` "${String(title)}"`;
  const ofDocument = section === 'document' ? 'document' : `section ${String(section)}${named}`;
  const ofMessage = resource === undefined ? ofDocument : typeOf(resource);
  const place = event === undefined ? ofMessage : `notice when ${String(event)}:`;
  const path = element === undefined ? undefined : String(element).replaceAll(/\[\d+\]/g, '[]');
  const words = [place, path, change].filter((word) => word !== undefined).join(' ');
  return `${words}${valuesOf(difference)}`;
}

function typeOf(resource: unknown): string {
  return String(resource).split('/')[0]!;
}

/** Ids differ in each resource, and with them what refers to it: they are only counted. */
function valuesOf(difference: Parts): string {
  const { before, after } = difference;
  if (before === undefined && after === undefined) return '';
  const said = (value: unknown) =>
    value === undefined ? 'nothing' : isId(difference) ? 'something' : String(value);
  return `: ${said(before)} → ${said(after)}`;
}

function isId({ element = '' }: Parts): boolean {
  return /(^|\.)(id|reference)$/.test(String(element));
}

function isOther({ before, after }: Parts): boolean {
  return before !== undefined && after !== undefined;
}
