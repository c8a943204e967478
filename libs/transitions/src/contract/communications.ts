import { IsIn, IsInt, IsISO8601, IsOptional, IsString, Matches, MaxLength, Min } from 'class-validator';
import { idForm } from '#platform/fhir';
import { contract, eventType } from '#platform/messaging';

/** Ids only: what is to be told is asked for when it is sent. */
export class CommunicationDue {
  /** Of the Communication, which names the recipient and what it is told. */
  @Matches(idForm) communication!: string;
  @Matches(idForm) patient!: string;
  /** Of the Endpoint of `directory` where the recipient takes it: its address and its connectionType say how. */
  @Matches(idForm) endpoint!: string;
}

/** Something is to be told to one recipient, once. Ordered by patient. */
export const communicationDue = eventType('transitions', 'communication.due', CommunicationDue);

export class ReadCommunicationContent {
  @Matches(idForm) communication!: string;
}

/**
 * What a Communication tells: the answer's text is a Bundle, of type `document` for a discharge document and of type
 * `message` for a notice. The same each time it is asked for. No text when it is not to be told any more.
 */
export const readCommunicationContent = contract<ReadCommunicationContent, object>(
  'transitions',
  'communication.content',
  ReadCommunicationContent,
  { idempotent: true },
);

export class SettleCommunication {
  @Matches(idForm) communication!: string;
  /** `completed`: the recipient took it. `stopped`: it refused it for good, or could not be reached in time. */
  @IsIn(['completed', 'stopped']) outcome!: 'completed' | 'stopped';
  @IsISO8601() at!: string;
  /** 0 when there was nobody to send it to. */
  @IsInt() @Min(0) attempts!: number;
  /** What the recipient answered, without anything of the patient: `HTTP 201`, `MSA AA 4711`. */
  @IsString() @MaxLength(200) proof!: string;
  /** Why it was stopped, in words for a person. */
  @IsOptional() @IsString() @MaxLength(1000) reason?: string;
}

/**
 * Says how telling it ended. Said again, it changes nothing. After `stopped` it may end once more, when somebody had it
 * sent again: what was stopped is still answered by `readCommunicationContent`.
 */
export const settleCommunication = contract<SettleCommunication, object>(
  'transitions',
  'communication.settle',
  SettleCommunication,
  { idempotent: true },
);
