import type { Issue } from '#platform/fhir';
import { packIssue, type RulePack } from '#platform/rules';
import { Mapper, tableNames, type SitePack } from '#platform/v2-to-fhir';
import { readV2Rules, sitePackOf, type V2Rules } from '../domain/v2-rules.ts';

let builtIn: Mapper | undefined;
const mappers = new WeakMap<RulePack, Map<string, Mapper>>();

/** The mapper of a pack for the messages of one listener; without a pack, that of Septum's own tables. */
export function mapperOf(pack: RulePack | undefined, listener: string): Mapper {
  if (pack === undefined) return (builtIn ??= new Mapper());
  const known = mappers.get(pack) ?? new Map<string, Mapper>();
  mappers.set(pack, known);
  const mapper = known.get(listener) ?? new Mapper(sitePackOf(readV2Rules(pack, tableNames()), listener));
  known.set(listener, mapper);
  return mapper;
}

/** What a pack says of HL7 v2 for all listeners: by that the messages are written that leave, since they leave by none. */
export function sitePackForAll(pack: RulePack | undefined): SitePack {
  return pack === undefined ? {} : sitePackOf(readV2Rules(pack, tableNames()), '');
}

/** What is wrong with what a pack says of HL7 v2: what cannot be read, and rows that lead nowhere. */
export function checkV2Rules(pack: RulePack): readonly Issue[] {
  const read = readV2Rules(pack, tableNames());
  if (read.issues.length > 0) return read.issues;
  const listeners = new Set(['', ...read.rules.flatMap((rule) => rule.listeners)]);
  return [...listeners].flatMap((listener) => {
    const problem = problemOf(read, listener);
    return problem === undefined ? [] : [packIssue(placeOf(read, listener), problem)];
  });
}

function problemOf(rules: V2Rules, listener: string): string | undefined {
  const compile = () => new Mapper(sitePackOf(rules, listener));
  try {
    compile();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'The tables cannot be compiled with it. Correct the row.';
  }
}

/** The first row with which the tables cannot be compiled. */
function placeOf(read: V2Rules, listener: string): string {
  const rows = read.rules.flatMap((rule) => rule.rows ?? []);
  const at = rows.findIndex((_, last) => {
    const upTo = new Set(rows.slice(0, last + 1));
    const rules = read.rules.map((rule) => ({
      ...rule,
      rows: rule.rows?.filter((row) => upTo.has(row)) ?? [],
    }));
    return problemOf({ rules, issues: [] }, listener) !== undefined;
  });
  return rows[at]?.place ?? 'Bundle';
}
