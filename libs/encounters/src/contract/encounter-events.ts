import { IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { eventType } from '#platform/messaging';

/** What every event about an encounter says: ids only, the rest is read from the store by who needs it, in this version or as it is now. */
export class EncounterEvent {
  @IsString() @MaxLength(64) encounter!: string;
  /** The version that the encounter had when this happened: 1, 2, 3 … */
  @IsInt() @Min(1) version!: number;
  /** The patient's id; absent when the encounter names no patient of this installation. */
  @IsOptional() @IsString() @MaxLength(64) patient?: string;
  /** What kind of encounter it was then, a code of https://terminology.hl7.org/CodeSystem-v3-ActCode.html: `EMER`, `IMP`. */
  @IsOptional() @IsString() @MaxLength(64) class?: string;
}

export class EncounterClassChanged extends EncounterEvent {
  /** What it was before; absent when it was of no kind that is known. */
  @IsOptional() @IsString() @MaxLength(64) previousClass?: string;
}

export class EncounterTransferred extends EncounterEvent {
  /** The location the patient is in now, as an id. */
  @IsString() @MaxLength(64) location!: string;
  /** The location the patient left, as an id; absent when none was known. */
  @IsOptional() @IsString() @MaxLength(64) previousLocation?: string;
}

/** The patient is here, and is not yet in our care: the encounter became `arrived` or `triaged`. */
export const encounterArrived = eventType('encounters', 'encounter.arrived', EncounterEvent);

/** The patient is in our care: the encounter became `in-progress`, having been expected, present or not known before. */
export const encounterAdmitted = eventType('encounters', 'encounter.admitted', EncounterEvent);

/** The encounter became one of another kind during care: a patient of the emergency department is admitted. */
export const encounterClassChanged = eventType(
  'encounters',
  'encounter.class-changed',
  EncounterClassChanged,
);

/** The location the patient is in changed during an encounter in progress. */
export const encounterTransferred = eventType('encounters', 'encounter.transferred', EncounterTransferred);

/** The encounter became `finished`, or was first heard of as it had just ended. */
export const encounterDischarged = eventType('encounters', 'encounter.discharged', EncounterEvent);

/** A discharge was called off: the encounter is underway again, as if it had never been finished. */
export const encounterDischargeCancelled = eventType(
  'encounters',
  'encounter.discharge-cancelled',
  EncounterEvent,
);

/** The encounter was called off before it took place, or turned out to have been recorded in error. */
export const encounterCancelled = eventType('encounters', 'encounter.cancelled', EncounterEvent);
