import { IsInt, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { idForm } from '#platform/fhir';
import { eventType } from '#platform/messaging';

export class DocumentWithdrawn {
  @Matches(idForm) encounter!: string;
  /** Absent when the encounter names no patient of this installation. */
  @IsOptional() @Matches(idForm) patient?: string;
}

export class DocumentMade extends DocumentWithdrawn {
  /** Of the encounter when it ended, a code of v3-ActCode. */
  @IsOptional() @IsString() @MaxLength(64) class?: string;
  @Matches(idForm) bundle!: string;
  @Matches(idForm) composition!: string;
  /** Milliseconds since the epoch. */
  @IsInt() dischargedAt!: number;
}

/** The document of a discharge was made, and is stored. */
export const documentMade = eventType('transitions', 'document.made', DocumentMade);

/** The documents of a stay should not have been made: its discharge was called off, or the stay was an error. */
export const documentWithdrawn = eventType('transitions', 'document.withdrawn', DocumentWithdrawn);
