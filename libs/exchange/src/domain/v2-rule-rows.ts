import { type Fields, words } from '#platform/fhir';
import { itemsAt } from '#platform/rules';
import type { Condition, MessageRow, RowOrGap } from '#platform/v2-to-fhir';

/** A row that a pack lays over a mapping table. */
export interface RowRule {
  readonly place: string;
  readonly kind: 'segment-row' | 'datatype-row' | 'message-row';
  readonly table: string;
  readonly row: RowOrGap | MessageRow;
  /** The table that makes its value. */
  readonly map: string | undefined;
  /** The code maps that it looks up. */
  readonly codes: readonly string[];
}

/** The parts of a row. A table and a line alone take the row away. */
const parts: Readonly<Record<RowRule['kind'], readonly string[]>> = {
  'segment-row': ['table', 'line', 'from', 'to', 'map', 'codes', 'set', 'when'],
  'datatype-row': ['table', 'line', 'from', 'to', 'map', 'codes', 'set', 'when'],
  'message-row': ['table', 'line', 'path', 'resource', 'map', 'when'],
};

type Tell = (place: string, text: string) => void;

export function rowOf(
  kind: RowRule['kind'],
  place: string,
  parameter: Fields,
  tell: Tell,
): RowRule | undefined {
  const values = new Map<string, unknown[]>();
  for (const [at, part] of itemsAt(place, 'part', parameter)) {
    const name = String(part['name']);
    const [, value] = Object.entries(part).find(([key]) => key.startsWith('value')) ?? [];
    if (!parts[kind].includes(name)) tell(`${at}.name`, `Write one of ${parts[kind].join(', ')}.`);
    else values.set(name, [...(values.get(name) ?? []), value]);
  }
  const text = (name: string) => words(values.get(name)?.at(-1));
  const line = values.get('line')?.at(-1);
  const table = text('table');
  if (table === undefined || typeof line !== 'number') {
    tell(place, 'A row has a table (valueString, such as "PID[Patient]") and a line (valueInteger).');
    return undefined;
  }
  const when = conditionIn(text('when'), place, tell);
  const codes = text('codes') === undefined ? [] : [text('codes')!];
  const row =
    kind === 'message-row'
      ? messageRow(line, text, when)
      : fieldRow(line, text, when, (values.get('set') ?? []).map(String));
  if (row !== undefined) return { place, kind, table, row, map: text('map'), codes };
  tell(place, 'A row that is not taken away has both ends: from and to, or path, resource and map.');
  return undefined;
}

type Text = (name: string) => string | undefined;

/** Nothing when one of its ends is missing. */
function fieldRow(
  line: number,
  text: Text,
  when: Condition | undefined,
  set: readonly string[],
): RowOrGap | undefined {
  const [from, to, map, codes] = [text('from'), text('to'), text('map'), text('codes')];
  if (from === undefined && to === undefined) return [line];
  if (from === undefined || to === undefined) return undefined;
  const details = {
    ...(when === undefined ? {} : { when }),
    ...(map === undefined ? {} : { map }),
    ...(codes === undefined ? {} : { codes }),
    ...(set.length === 0 ? {} : { set }),
  };
  return [line, from, to, details];
}

function messageRow(line: number, text: Text, when: Condition | undefined): MessageRow | undefined {
  const [path, resource, map] = [text('path'), text('resource'), text('map')];
  if (path === undefined && resource === undefined) return [line] as unknown as MessageRow;
  if (path === undefined || resource === undefined || map === undefined) return undefined;
  return [line, path, resource, map, when === undefined ? {} : { when }];
}

/** A condition as the tables have it, in JSON: `["valued","PID-7"]`. What it says, the compiler of tables checks. */
function conditionIn(text: string | undefined, place: string, tell: Tell): Condition | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value as unknown as Condition;
  } catch {
    // Told below, as any other text that is no condition.
  }
  tell(
    place,
    'Write the part when as JSON: ["valued","PID-7"], ["is","EVN-4",["U"]], ["not",…], ["all",…], ["any",…].',
  );
  return undefined;
}
