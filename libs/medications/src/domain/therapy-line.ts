import { all, fields, words } from '#platform/fhir';
import type { Resource } from '#platform/store';
import { drugOf, sameProduct, sharedIngredient, type Drug } from './drug.ts';
import type { DrugTable } from './drug-table.ts';
import { number } from './element.ts';
import { historySources, isProposal, isReported, type HistorySource } from './history-line.ts';
import { lineOrigin } from './line-origin.ts';
import { compareRegimens, regimenOf, type Regimen, type RegimenDifference } from './regimen.ts';

/** From when to when a therapy holds, milliseconds since the epoch; open where nothing is said. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One line of a reconciliation: a resource of one of the four types, read for comparing. */
export interface TherapyLine {
  /** `Type/id` of this installation, or the URL at another server: by this a decision names the line. */
  readonly reference: string;
  readonly source: HistorySource;
  /** Who or what the line comes from, in words; see `lineOrigin`. */
  readonly origin: string | undefined;
  /** Changes when the resource does. */
  readonly version: string;
  readonly status: string;
  /** Told by somebody who did not order it: a statement, or a request with `reported[x]`. */
  readonly isReport: boolean;
  /** Ordered for the stay only. */
  readonly isInpatient: boolean;
  /** `Type/id` of the encounter it belongs to. */
  readonly encounter: string | undefined;
  readonly drug: Drug;
  readonly regimen: Regimen;
  readonly span: Span;
  /** What it says that it follows from: the order of a dispense, the order before. */
  readonly follows: readonly string[];
  readonly resource: Resource;
  /** As it is stored; absent: it is not our own. */
  readonly text: string | undefined;
  /** As another server answered it. */
  readonly foreignText: string | undefined;
}

export interface LineSource {
  readonly resource: Resource;
  readonly text: string;
  /** Absent: the resource is our own. */
  readonly url?: string;
  /** Says who keeps it, when it is not our own. */
  readonly keeper?: string;
  readonly version: string;
  /** What a reference in it is called among the lines: `Type/id` here, a URL elsewhere. */
  readonly resolve: (reference: unknown) => string | undefined;
  /** The Medication that its reference leads to, if any. */
  readonly medication?: Resource | undefined;
}

const current = new Set(['active', 'on-hold', 'intended', 'unknown']);

/** Nothing for what is no therapy: an order that forbids, a proposal, a resource of another type. */
export function therapyLine(source: LineSource, table: DrugTable): TherapyLine | undefined {
  const { resource, url, version, resolve } = source;
  const kind = historySources.find(({ type }) => type === resource['resourceType']);
  if (kind === undefined || resource['doNotPerform'] === true || isProposal(resource)) return undefined;
  const drug = drugOf(resource['medicationCodeableConcept'], medicationOf(source), table);
  const dosages = resource['dosageInstruction'] ?? resource['dosage'];
  return {
    reference: url ?? `${kind.type}/${String(resource['id'])}`,
    source: kind,
    origin: lineOrigin(resource, source.keeper),
    version,
    status: words(resource['status']) ?? 'unknown',
    isReport: kind.code === 'statement' || isReported(resource),
    isInpatient: isInpatient(resource),
    encounter: resolve(fields(resource['encounter'] ?? resource['context'])['reference']),
    drug,
    regimen: regimenOf(Array.isArray(dosages) ? dosages : [], drug.name.strengths),
    span: spanOf(resource),
    follows: linkedFrom(resource)
      .map(resolve)
      .filter((each) => each !== undefined),
    resource,
    text: url === undefined ? source.text : undefined,
    foreignText: url === undefined ? undefined : source.text,
  };
}

function medicationOf({ resource, medication }: LineSource): Resource | undefined {
  const reference = words(fields(resource['medicationReference'])['reference']);
  if (reference?.startsWith('#'))
    return all(resource['contained']).find(({ id }) => `#${String(id)}` === reference);
  const display = words(fields(resource['medicationReference'])['display']);
  return medication ?? (display === undefined ? undefined : { code: { text: display } });
}

/** In force as its own status says. An ended period does not end it: a status is set by somebody, a period runs out. */
export function isCurrent({ source, status }: TherapyLine): boolean {
  return isTherapy(source) && current.has(status);
}

/** Orders and statements say what a patient is to take; dispenses and administrations say what happened. */
export function isTherapy({ code }: HistorySource): boolean {
  return code === 'request' || code === 'statement';
}

export function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Whether one line says that it follows from the other. */
export function linked(a: TherapyLine, b: TherapyLine): boolean {
  return a.follows.includes(b.reference) || b.follows.includes(a.reference);
}

/** How the regimens of two lines with an ingredient in common differ. */
export function compareTherapies(a: TherapyLine, b: TherapyLine): RegimenDifference {
  if (sameProduct(a.drug, b.drug)) return compareRegimens(a.regimen, b.regimen);
  // A piece of one product is not a piece of another.
  const difference = compareRegimens(withoutPieces(a.regimen), withoutPieces(b.regimen));
  if (difference !== 'same' || [...a.regimen, ...b.regimen].every(isWeighed)) return difference;
  const [one, other] = [a.drug.name.strengths, b.drug.name.strengths];
  if (one.length === 0 || other.length === 0) return 'unknown';
  return JSON.stringify(one) === JSON.stringify(other) ? 'same' : 'other';
}

/** The same therapy told twice: what an order says, and what somebody reports of it. */
export function isSameTherapy(a: TherapyLine, b: TherapyLine): boolean {
  return sharedIngredient(a.drug, b.drug) !== undefined && compareTherapies(a, b) === 'same';
}

const pieces = / piece$/;

function isWeighed({ amount, timesADay }: Regimen[number]): boolean {
  return amount !== undefined && !pieces.test(amount) && timesADay !== undefined;
}

function withoutPieces(regimen: Regimen): Regimen {
  return regimen.map(({ amount, ...rest }) =>
    amount === undefined || pieces.test(amount) ? rest : { amount, ...rest },
  );
}

/** https://hl7.org/fhir/R4/valueset-medicationrequest-category.html */
function isInpatient(resource: Resource): boolean {
  const codes = [resource['category']].flat().flatMap((each) => all(fields(each)['coding']));
  return codes.length > 0 && codes.every(({ code }) => code === 'inpatient');
}

/** The references by which a resource says what it follows from. */
function linkedFrom(resource: Resource): readonly unknown[] {
  const names = [
    'basedOn',
    'derivedFrom',
    'authorizingPrescription',
    'supportingInformation',
    'priorPrescription',
    'request',
  ];
  return names.flatMap((name) => [resource[name]].flat()).map((each) => fields(each)['reference']);
}

function spanOf(resource: Resource): Span {
  const [dosage] = all(resource['dosageInstruction']);
  const bounds = fields(fields(fields(dosage?.['timing'])['repeat'])['boundsPeriod']);
  const effective = fields(resource['effectivePeriod']);
  const given =
    words(resource['effectiveDateTime']) ??
    words(resource['whenHandedOver']) ??
    words(resource['whenPrepared']);
  const start = moment(bounds['start'] ?? effective['start'] ?? given ?? resource['authoredOn']) ?? -Infinity;
  const supply = fields(resource['daysSupply']);
  const supplied = number(supply['value']);
  const end = moment(bounds['end'] ?? effective['end']);
  if (end !== undefined) return { start, end: end + 1 };
  return { start, end: supplied === undefined ? Infinity : start + supplied * 86_400_000 };
}

export function moment(value: unknown): number | undefined {
  const milliseconds = Date.parse(words(value) ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
