/**
 * The mapping tables: HL7's own as `tools/v2-mappings/make.mjs` condensed them, and how others are laid over them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '#platform/fhir';

/** `["valued", "PID-7"]`, `["is", "EVN-4", ["U"]]`, `["not", …]`: see tools/v2-mappings/condition.mjs. */
export type Condition =
  | readonly ['valued', string]
  | readonly ['is', string, readonly string[]]
  | readonly ['same', string, string]
  | readonly ['count' | 'length', string, string, number]
  | readonly ['not', Condition]
  | readonly ['all' | 'any', ...Condition[]];

export interface RowDetails {
  readonly when?: Condition;
  /** The datatype map that makes the value: `CX[Identifier]`. */
  readonly map?: string;
  /** The code map that translates it: `AdministrativeSex`. */
  readonly codes?: string;
  /** A value put together of literals (`=text`) and values (`HD.2`) instead of the field's own. */
  readonly set?: readonly string[];
  /** What it writes yields to what is kept, and is no word of its own: see `MappedResource.assumed`. */
  readonly assumed?: boolean;
  /** A condition in prose: such a row rests until a table laid over it states it without. */
  readonly prose?: string;
}

/** The line of the table, the v2 field or component, the element of R4. A line alone: the row is taken away. */
export type Row = readonly [line: number, from: string, to: string, details?: RowDetails];
export type RowOrGap = Row | readonly [line: number];

export interface MessageRowDetails {
  readonly when?: Condition;
  readonly prose?: string;
  /** `["DiagnosticReport[1]", "result", "Observation[2]"]`: the element of the first that refers to the second. */
  readonly links?: readonly (readonly [from: string, path: string, to: string])[];
}

/** The line, the segment's place among the groups, the resource it writes to, the segment map. */
export type MessageRow = readonly [
  line: number,
  path: string,
  label?: string,
  map?: string,
  details?: MessageRowDetails,
];

/** What a code becomes: code, display, system. */
export type CodeTarget = readonly [code: string, display?: string, system?: string];

export interface CodeMap {
  /** The v2 table the codes are of: `HL70001`. */
  readonly from?: string;
  readonly codes: Readonly<Record<string, CodeTarget>>;
}

/** Tables in one form, whoever wrote them. */
export interface Tables {
  readonly messages: Readonly<Record<string, readonly MessageRow[]>>;
  readonly segments: Readonly<Record<string, readonly RowOrGap[]>>;
  readonly datatypes: Readonly<Record<string, readonly RowOrGap[]>>;
  readonly codeMaps: Readonly<Record<string, CodeMap>>;
  /** Names of code systems (CWE.3) and their URIs. */
  readonly codeSystems: Readonly<Record<string, string>>;
  /** Assigning authorities (namespace ids) and the URIs of their identifier systems. */
  readonly authorities: Readonly<Record<string, string>>;
}

const folder = join(packageRoot(import.meta.url), 'libs/platform/v2-to-fhir/definitions');

function read<T>(name: string): Record<string, T> {
  const { tables } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { tables: Record<string, T> };
  return tables;
}

let official: Tables | undefined;

/** HL7's tables, read once. */
export function officialTables(): Tables {
  return (official ??= {
    messages: read('messages.json'),
    segments: read('segments.json'),
    datatypes: read('datatypes.json'),
    codeMaps: read('code-maps.json'),
    codeSystems: {},
    authorities: {},
  });
}

/** One set of tables over another: a row replaces the one of its line, a line alone takes it away, others join. */
export function layered(base: Tables, over: Partial<Tables>): Tables {
  return {
    messages: rowsLayered(base.messages, over.messages),
    segments: rowsLayered(base.segments, over.segments),
    datatypes: rowsLayered(base.datatypes, over.datatypes),
    codeMaps: codesLayered(base.codeMaps, over.codeMaps),
    codeSystems: { ...base.codeSystems, ...over.codeSystems },
    authorities: { ...base.authorities, ...over.authorities },
  };
}

function rowsLayered<R extends readonly [number, ...unknown[]]>(
  base: Readonly<Record<string, readonly R[]>>,
  over: Readonly<Record<string, readonly R[]>> = {},
): Record<string, readonly R[]> {
  const result = { ...base };
  for (const [name, rows] of Object.entries(over)) {
    const lines = new Set(rows.map(([line]) => line));
    const kept = (base[name] ?? []).filter(([line]) => !lines.has(line));
    result[name] = [...kept, ...rows.filter((row) => row.length > 1)].sort((a, b) => a[0] - b[0]);
  }
  return result;
}

function codesLayered(base: Tables['codeMaps'], over: Tables['codeMaps'] = {}): Record<string, CodeMap> {
  const result = { ...base };
  for (const [name, map] of Object.entries(over))
    result[name] = { ...base[name], ...map, codes: { ...base[name]?.codes, ...map.codes } };
  return result;
}
