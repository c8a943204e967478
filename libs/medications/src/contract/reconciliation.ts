import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { derivedId, idForm } from '#platform/fhir';
import { contract, eventType } from '#platform/messaging';

/** What may be decided of a line. https://septum.dev/fhir/CodeSystem/medication-reconciliation-decision */
export const reconciliationDecisions = {
  keep: 'The patient goes on taking it',
  change: 'Goes on in another dose or frequency',
  stop: 'Ends',
  'not-taking': 'The patient does not take it',
  substitute: 'Another medication takes its place',
} as const;

export type ReconciliationDecision = keyof typeof reconciliationDecisions;

export interface DecidedLine {
  /** `Type/id` of this installation, or the URL at another server. */
  readonly line: string;
  /** At which version it was decided on. */
  readonly version: string;
  /** In words; absent when no source says it. */
  readonly medication?: string;
  readonly decision: ReconciliationDecision;
  readonly reason?: string;
  /** `MedicationRequest/<id>`: what the decision led to, or what it left in force. */
  readonly result?: string;
  /** What a new order calls its medication. */
  readonly resultMedication?: string;
}

/** What was decided of all lines of a worksheet, as it was recorded. It travels as text: it is about a patient. */
export interface Reconciliation {
  readonly id: string;
  /** Ids, not references. */
  readonly encounter: string;
  readonly patient: string;
  /** 1, 2, 3 … within the encounter. */
  readonly sequence: number;
  readonly recordedAt: string;
  /** The subject of the caller who decided, e.g. `Practitioner/123`. */
  readonly by: string;
  readonly decided: readonly DecidedLine[];
  /** `MedicationRequest/<id>`: what the patient is to take from now on, each once. */
  readonly listed: readonly { readonly request: string; readonly medication?: string }[];
  /** `DetectedIssue/<id>`. */
  readonly findings: readonly string[];
  /** The sources that could not be looked at. */
  readonly missing: readonly string[];
  /** `reference version` of the lines that it ended. */
  readonly ended: readonly string[];
}

/** The id of the List of a stay's reconciled medications, which `transitions` keeps. */
export function medicationListId(encounter: string): string {
  return derivedId('medication-list', encounter);
}

/** Asks for one reconciliation by its id, or for the last one of an encounter. The text is absent when there is none. */
export class ReadReconciliation {
  @IsOptional() @Matches(idForm) id?: string;
  @IsOptional() @Matches(idForm) encounter?: string;
}

/** The answer's text is a {@link Reconciliation}, see {@link reconciliationIn}. */
export const readReconciliation = contract<ReadReconciliation, object>(
  'medications',
  'reconciliation.read',
  ReadReconciliation,
  { idempotent: true },
);

export function reconciliationIn(texts: readonly string[]): Reconciliation | undefined {
  return texts[0] === undefined ? undefined : (JSON.parse(texts[0]) as Reconciliation);
}

export class ReconciliationRecorded {
  @IsString() @MaxLength(64) reconciliation!: string;
  @IsString() @MaxLength(64) encounter!: string;
  @IsString() @MaxLength(64) patient!: string;
}

/** All medications of a stay were decided on. What was decided is asked for by `reconciliation.read`. */
export const reconciliationRecorded = eventType(
  'medications',
  'reconciliation.recorded',
  ReconciliationRecorded,
);
