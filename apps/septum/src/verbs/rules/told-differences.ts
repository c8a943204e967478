import type { Parts } from '../api/parameters.ts';

/** Differences for people: a line for all that are the same, with how many there are and one of them to look at. */
export function toldDifferences(differences: readonly Parts[]): readonly string[] {
  const groups = Map.groupBy(differences, whatOf);
  return [...groups].map(([what, same]) => {
    const { message, document } = same[0]!;
    return `${same.length} × ${what}, such as ${String(message ?? document).replace('urn:uuid:', '')}`;
  });
}

function whatOf(difference: Parts): string {
  const { resource, section, event, change, element } = difference;
  const place =
    event === undefined
      ? resource === undefined
        ? `section ${String(section)}`
        : String(resource).split('/')[0]
      : `notice when ${String(event)}:`;
  const path = element === undefined ? undefined : String(element).replaceAll(/\[\d+\]/g, '[]');
  const words = [place, change, path].filter((word) => word !== undefined).join(' ');
  return `${words}${valuesOf(difference)}`;
}

/** Ids differ in each resource, and with them what refers to it: they are only counted. */
function valuesOf({ element = '', before, after }: Parts): string {
  if (/(^|\.)(id|reference)$/.test(String(element)) || (before === undefined && after === undefined))
    return '';
  const said = (value: unknown) => (value === undefined ? 'nothing' : String(value));
  return `: ${said(before)} → ${said(after)}`;
}
