import { eachMember, items, skipSpace, valueEnd } from './json-scan.ts';
import { resourceTypeAt } from './resource-text.ts';

/** The FHIRPath of the value that starts at `target` in a resource's text: `Observation.performer[0].reference`. */
export function expressionAt(text: string, target: number): string {
  const start = skipSpace(text, 0);
  return `${resourceTypeAt(text, start) ?? 'Resource'}${pathTo(text, start, target)}`;
}

function pathTo(text: string, at: number, target: number): string {
  let path = '';
  const look = (start: number, step: string): number => {
    const end = valueEnd(text, start);
    if (start <= target && target < end) path = step + pathTo(text, start, target);
    return end;
  };
  if (text[at] === '{') eachMember(text, at, (key, start) => look(start, `.${key}`));
  else if (text[at] === '[') items(text, at, (start, index) => look(start, `[${index}]`));
  return path;
}
