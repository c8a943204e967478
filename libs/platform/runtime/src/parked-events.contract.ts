import { IsBoolean, IsInt, IsOptional, IsString, IsUUID, Max, MaxLength, Min } from 'class-validator';
import { contract, type ParkedEvent } from '#platform/messaging';

/** Which events a context has parked: refused by its listeners until somebody replays them. */
export class ListParked {
  @IsInt() @Min(1) @Max(1_000) count!: number;
  /** With the order keys, which mostly name patients: then the answer is recorded as a disclosure of them. */
  @IsBoolean() withKeys!: boolean;
}

/** Gives parked events of one subscription another round of attempts; without `orderKey` and `eventId`, all of them. */
export class ReplayParked {
  @IsString() @MaxLength(128) subscription!: string;
  @IsOptional() @IsString() @MaxLength(256) orderKey?: string;
  /** Of the event that is parked: it stands for its order key, and names nobody. */
  @IsOptional() @IsUUID() eventId?: string;
  /** Only counts. */
  @IsBoolean() dryRun!: boolean;
}

/** A parked event as its context tells it; without the order key unless that was asked for. */
export type ToldParked = Omit<ParkedEvent, 'orderKey'> & { readonly orderKey?: string };

export interface Replayed {
  /** Order keys that were parked. */
  readonly keys: number;
  /** Events that waited, the parked ones included. */
  readonly events: number;
}

/** The contracts of one context about its parked events. Both are for whoever runs the installation. */
export function parkedEventContracts(context: string) {
  return {
    list: contract<ListParked, readonly ToldParked[]>(context, 'events.parked', ListParked, {
      idempotent: true,
    }),
    replay: contract<ReplayParked, Replayed>(context, 'events.replay', ReplayParked),
  };
}
