import { all, fields } from '#platform/fhir';
import type { Resource } from '#platform/store';
import { codesOf, compare, conceptText } from './element.ts';
import { drugName } from './drug-name.ts';
import { meet, sharedClasses, sharedIngredient, type Drug, type Likeness } from './drug.ts';
import {
  compareTherapies,
  isCurrent,
  linked,
  overlaps,
  type Span,
  type TherapyLine,
} from './therapy-line.ts';

export const findingKinds = {
  duplicate: 'Same ingredient ordered more than once',
  'therapeutic-duplicate': 'Same class of medication ordered more than once',
  'omitted-at-discharge': 'Omitted from the discharge list',
  'changed-dose': 'Dose or frequency differs',
  allergy: 'Conflict with a recorded allergy or intolerance',
} as const;

export type FindingKind = keyof typeof findingKinds;

/** Something in the lines that a person should look at. It says what the data says and gives no advice. */
export interface Finding {
  readonly kind: FindingKind;
  /** The references of the lines, and of the allergy, that it is about; sorted. */
  readonly about: readonly string[];
  readonly detail: string;
}

/** What the lines are looked at against. */
export interface ReconciledStay {
  /** `Encounter/<id>`. */
  readonly encounter: string;
  readonly span: Span;
  /** `reference version` of the lines that an earlier reconciliation of this stay ended: their absence is intended. */
  readonly ended: readonly string[];
}

export function isEnded({ reference, version }: TherapyLine, { ended }: ReconciledStay): boolean {
  return ended.includes(`${reference} ${version}`);
}

/**
 * All findings, in one order whatever the order of the lines. Only what the lines, and what the installation has loaded
 * on drugs, say: no finding is not "no problem".
 */
export function findings(
  lines: readonly TherapyLine[],
  allergies: readonly Resource[],
  stay: ReconciledStay,
): readonly Finding[] {
  const inForce = lines.filter((line) => wasInForce(line, stay) && !isEnded(line, stay));
  const current = inForce.filter(isCurrent);
  const found = [
    ...pairs(inForce).flatMap(([a, b]) => comparePair(a, b)),
    ...omitted(inForce, current),
    ...allergies.filter(isInForce).flatMap((allergy) => conflicts(allergy, current)),
  ];
  return found.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
}

export function keyOf({ kind, about }: Finding): string {
  return JSON.stringify([kind, ...about]);
}

function comparePair(a: TherapyLine, b: TherapyLine): readonly Finding[] {
  const likeness = sharedIngredient(a.drug, b.drug);
  if (likeness === undefined) return sameClass(a, b);
  const found: Finding[] = [];
  if (areOrderedTogether(a, b)) {
    const detail = `${named(a)} and ${named(b)} are both in force and have the same ingredient, recognised by ${basis[likeness]}.`;
    found.push({ kind: 'duplicate', about: about(a, b), detail });
  }
  if ((isCurrent(a) || isCurrent(b)) && compareTherapies(a, b) === 'other') {
    const detail = `${named(a)} and ${named(b)} have the same ingredient, recognised by ${basis[likeness]}, and another dose or frequency.`;
    found.push({ kind: 'changed-dose', about: about(a, b), detail });
  }
  return found;
}

/** A report repeats what is taken anyway; only two orders double it, unless one says that it follows from the other. */
function areOrderedTogether(a: TherapyLine, b: TherapyLine): boolean {
  const areOrders = !a.isReport && !b.isReport && isCurrent(a) && isCurrent(b);
  return areOrders && overlaps(a.span, b.span) && !linked(a, b);
}

const basis: Readonly<Record<Likeness, string>> = {
  code: 'a code',
  ingredient: 'the ingredients that were loaded',
  name: 'name alone',
};

function sameClass(a: TherapyLine, b: TherapyLine): readonly Finding[] {
  if (!areOrderedTogether(a, b)) return [];
  const classes = sharedClasses(a.drug, b.drug);
  if (classes.length === 0) return [];
  const detail = `${named(a)} and ${named(b)} are both in force and in the same class, as loaded: ${classes.join(', ')}.`;
  return [{ kind: 'therapeutic-duplicate', about: about(a, b), detail }];
}

/** In force before or during the stay, and nothing of the same ingredient is ordered beyond it. */
function omitted(inForce: readonly TherapyLine[], current: readonly TherapyLine[]): readonly Finding[] {
  const list = current.filter(isForDischarge);
  return inForce
    .filter((line) => !list.some((listed) => listed === line || sharedIngredient(listed.drug, line.drug)))
    .map((line) => ({
      kind: 'omitted-at-discharge',
      about: [line.reference],
      detail: `${named(line)} was in force before or during the stay, and no order beyond it has the same ingredient.`,
    }));
}

/** Ordered for the time after the stay, as far as the order says. */
function isForDischarge({ source, status, isInpatient }: TherapyLine): boolean {
  return source.code === 'request' && status === 'active' && !isInpatient;
}

const neverTaken = ['draft', 'entered-in-error', 'cancelled', 'declined', 'not-taken'];

/** A dispense counts for as long as it was supplied for; a line whose status is an ended one counts when its own period, or its encounter, says that it reached into the stay. */
export function wasInForce(line: TherapyLine, stay: ReconciledStay): boolean {
  if (line.source.code === 'administration' || neverTaken.includes(line.status)) return false;
  if (line.source.code === 'dispense') return overlaps(line.span, stay.span);
  if (isCurrent(line) || line.encounter === stay.encounter) return true;
  return line.span.end !== Infinity && overlaps(line.span, stay.span);
}

function isInForce(allergy: Resource): boolean {
  const codes = (name: string) => all(fields(allergy[name])['coding']).map(({ code }) => String(code));
  const clinical = codes('clinicalStatus');
  if (clinical.length > 0 && !clinical.includes('active')) return false;
  return !meet(codes('verificationStatus'), ['refuted', 'entered-in-error']);
}

function conflicts(allergy: Resource, lines: readonly TherapyLine[]): readonly Finding[] {
  const substances = [allergy['code'], ...all(allergy['reaction']).map(({ substance }) => substance)];
  const codes = substances.flatMap(codesOf);
  const names = substances.flatMap((each) => drugName(conceptText(each) ?? '').names);
  return lines
    .filter(({ drug }) => isOf(drug, codes, names))
    .map((line) => ({
      kind: 'allergy' as const,
      about: [line.reference, `AllergyIntolerance/${String(allergy['id'])}`].toSorted(compare),
      detail: `${named(line)} is, or contains, what the patient is recorded as allergic or intolerant to: ${conceptText(substances[0]) ?? 'a coded substance'}.`,
    }));
}

function isOf(drug: Drug, codes: readonly string[], names: readonly string[]): boolean {
  return meet([...drug.codes, ...drug.ingredients], codes) || meet(drug.name.names, names);
}

function named({ drug, source }: TherapyLine): string {
  return `${drug.text ?? 'A medication without a name'} (${source.display.toLowerCase()})`;
}

function about(a: TherapyLine, b: TherapyLine): readonly string[] {
  return [a.reference, b.reference].toSorted(compare);
}

function pairs(lines: readonly TherapyLine[]): readonly (readonly [TherapyLine, TherapyLine])[] {
  const sorted = lines.toSorted((a, b) => compare(a.reference, b.reference));
  return sorted.flatMap((a, at) => sorted.slice(at + 1).map((b) => [a, b] as const));
}
