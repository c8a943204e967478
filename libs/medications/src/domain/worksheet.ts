import { derivedId } from '#platform/fhir';
import type { Resource } from '#platform/store';
import { drugKeys } from './drug.ts';
import { compare } from './element.ts';
import { findings, isEnded, keyOf, wasInForce, type Finding, type ReconciledStay } from './findings.ts';
import { isTherapy, type TherapyLine } from './therapy-line.ts';

/** The lines of one drug, from whichever source. */
export interface DrugGroup {
  readonly name: string;
  /** Each has to be decided on. */
  readonly lines: readonly TherapyLine[];
  /** The newest dispense and the newest administration: what happened, for whoever decides. */
  readonly evidence: readonly TherapyLine[];
}

/** All that a person decides on to reconcile the medications of a stay. */
export interface Worksheet {
  /** Of all that is decided on, and what was found in it: another tag, another worksheet. */
  readonly tag: string;
  readonly groups: readonly DrugGroup[];
  readonly findings: readonly Finding[];
  /** The sources that could not be asked. */
  readonly missing: readonly string[];
}

export interface WorksheetSources {
  readonly lines: readonly TherapyLine[];
  readonly allergies: readonly Resource[];
  readonly missing: readonly string[];
}

/**
 * Up for decision is what was in force before or during the stay and was not ended by an earlier reconciliation of it.
 * Where nobody ordered or reported a drug, its newest dispense stands for the therapy. Equal sources give equal
 * worksheets, in whatever order they answered.
 */
export function worksheet(sources: WorksheetSources, stay: ReconciledStay): Worksheet {
  const { allergies } = sources;
  const groups = grouped(sources.lines.filter(({ status }) => status !== 'entered-in-error'))
    .map((lines) => drugGroup(lines, stay))
    .filter(({ lines }) => lines.length > 0)
    .toSorted((a, b) => compare(a.name, b.name) || compare(firstOf(a), firstOf(b)));
  const found = findings(
    groups.flatMap(({ lines }) => lines),
    allergies,
    stay,
  );
  const missing = sources.missing.toSorted(compare);
  return { tag: tagOf(groups, found, missing, stay), groups, findings: found, missing };
}

function drugGroup(lines: readonly TherapyLine[], stay: ReconciledStay): DrugGroup {
  const therapies = lines.filter((line) => isTherapy(line.source));
  const dispense = newest(lines, 'dispense');
  const standing = therapies.length > 0 || dispense === undefined ? therapies : [dispense];
  const open = standing.filter((line) => wasInForce(line, stay) && !isEnded(line, stay));
  const evidence = [dispense, newest(lines, 'administration')].filter(
    (line) => line !== undefined && !open.includes(line),
  );
  return {
    name: nameOf(open),
    lines: open.toSorted((a, b) => compare(a.reference, b.reference)),
    evidence: evidence as readonly TherapyLine[],
  };
}

/** What most lines call it, without strength and form; the alphabet decides between equals. */
function nameOf(lines: readonly TherapyLine[]): string {
  const names = lines
    .map(({ drug }) => drug.name.names.join(' / ') || (drug.text ?? ''))
    .filter((name) => name !== '')
    .toSorted(compare);
  const count = (name: string) => names.filter((each) => each === name).length;
  return names.reduce(
    (best, name) => (count(name) > count(best) ? name : best),
    names[0] ?? 'medication not named',
  );
}

function firstOf({ lines }: DrugGroup): string {
  return lines[0]?.reference ?? '';
}

function newest(lines: readonly TherapyLine[], code: 'dispense' | 'administration'): TherapyLine | undefined {
  return lines
    .filter(({ source }) => source.code === code)
    .toSorted((a, b) => b.span.start - a.span.start || compare(a.reference, b.reference))
    .at(0);
}

interface Group {
  readonly keys: ReadonlySet<string>;
  readonly lines: readonly TherapyLine[];
}

/** Lines with a key in common are together, and so are those that a third one joins; whatever their order. */
export function grouped(lines: readonly TherapyLine[]): readonly (readonly TherapyLine[])[] {
  let groups: readonly Group[] = [];
  for (const line of lines) {
    const keys = drugKeys(line.drug);
    const joined = groups.filter((group) => keys.some((key) => group.keys.has(key)));
    const together = {
      keys: new Set([...keys, ...joined.flatMap((group) => [...group.keys])]),
      lines: [...joined.flatMap((group) => group.lines), line],
    };
    groups = [...groups.filter((group) => !joined.includes(group)), together];
  }
  return groups.map((group) => group.lines);
}

function tagOf(
  groups: readonly DrugGroup[],
  found: readonly Finding[],
  missing: readonly string[],
  stay: ReconciledStay,
): string {
  // Not the evidence: what is given every hour must not make the worksheet another every hour.
  const shown = groups.map(({ lines }) => lines.map(({ reference, version }) => `${reference} ${version}`));
  const all = [shown, found.map(keyOf), missing, stay.encounter, stay.ended.toSorted(compare)];
  return derivedId('worksheet', JSON.stringify(all));
}
