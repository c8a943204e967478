import { usualTables } from './own/tables.ts';
import { isZone } from './zone.ts';

/** What a pack may name. */
export interface TableNames {
  readonly messages: ReadonlySet<string>;
  readonly segments: ReadonlySet<string>;
  readonly datatypes: ReadonlySet<string>;
  readonly codeMaps: ReadonlySet<string>;
  isZone(name: string): boolean;
}

/** The tables that there are, HL7's and ours: what a pack lays over one of another name would change nothing. */
export function tableNames(): TableNames {
  const { messages, segments, datatypes, codeMaps } = usualTables();
  const names = (tables: object) => new Set(Object.keys(tables));
  return {
    messages: names(messages),
    segments: names(segments),
    datatypes: names(datatypes),
    codeMaps: names(codeMaps),
    isZone,
  };
}
