/**
 * The contracts every context answers for the FHIR types it owns. Resources travel in `texts`, complete, with `id`,
 * `meta.versionId` and `meta.lastUpdated` in place.
 */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { contract, type FaultValue } from '#platform/messaging';
import { idForm, type SearchRequest } from '#platform/fhir';

const noId = { message: 'An id is 1 to 64 letters, digits, "-" and "."; no resource has another.' };

/** One version of one resource, beside its text. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  /** 1, 2, 3 … */
  readonly version: number;
  /** Milliseconds since the epoch, UTC. */
  readonly lastUpdated: number;
  readonly deleted?: boolean;
}

export class ReadResource {
  @IsString() @MaxLength(64) type!: string;
  @Matches(idForm, noId) id!: string;
  /** Absent: the current version. */
  @IsOptional() @IsInt() @Min(1) version?: number;
}

/** Current versions of several resources; those that do not exist, or may not be seen, are absent from the answer. */
export class ReadResources {
  /** `Type/id`; all of this context. */
  @IsArray() @ArrayMaxSize(10_000) @IsString({ each: true }) references!: string[];
}

export class WriteResource {
  @IsIn(['create', 'update', 'delete']) method!: 'create' | 'update' | 'delete';
  @IsString() @MaxLength(64) type!: string;
  /** Required for update and delete. Given for a create: the id to use (the edge allocates ids of Bundle entries). */
  @IsOptional() @IsString() @MaxLength(64) id?: string;
  /** The version the client believes to be current. */
  @IsOptional() @IsInt() @Min(0) ifMatch?: number;
  /** A client's own key: the same key gives the first answer again for 24 h. */
  @IsOptional() @IsString() @MaxLength(255) idempotencyKey?: string;
  /** Replacements for `urn:uuid:` references, full URL → `Type/id`. */
  @IsOptional() @IsObject() substitutions?: Record<string, string>;
  /** Below this, without a slash at its end, relative references are looked up among the replacements. */
  @IsOptional() @IsString() @MaxLength(2_048) base?: string;
  /** Which entry of a transaction this is, from 0: its faults name it. */
  @IsOptional() @IsInt() @Min(0) entry?: number;
  /** `import` records that rules of care did not run. */
  @IsOptional() @IsBoolean() imported?: boolean;
}

export interface Written extends Stored {
  readonly created: boolean;
}

/** Several writes of one context, each as if it came by itself: one that is refused hinders no other. */
export class WriteResources {
  /** The scope's `texts` hold the bodies of the creates and updates, in the same order; a delete has none. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => WriteResource)
  writes!: WriteResource[];
}

/** What became of one of several writes. */
export type WriteResult = { readonly written: Written } | { readonly refused: FaultValue };

export class SearchResources {
  @IsString() @MaxLength(64) type!: string;
  /** The parsed query, see `#platform/fhir`. */
  @IsObject() search!: SearchRequest;
}

export interface Found {
  /** The matches, in order; `texts` holds theirs. */
  readonly matches: readonly Stored[];
  /** Opaque; absent on the last page. */
  readonly next?: string;
  readonly total?: number;
}

export class ReadHistory {
  @IsString() @MaxLength(64) type!: string;
  @Matches(idForm, noId) id!: string;
  @IsInt() @Min(1) @Max(1000) count!: number;
  @IsOptional() @IsString() cursor?: string;
  @IsOptional() @IsInt() since?: number;
}

/** What this context holds of one patient: the current versions that lie in the patient's compartment, by type and id. */
export class ReadCompartment {
  @Matches(idForm, noId) patient!: string;
  /** Absent: all types of the context. */
  @IsOptional() @IsArray() @ArrayMaxSize(200) @IsString({ each: true }) types?: string[];
  /** Only what changed at or after: milliseconds since the epoch. */
  @IsOptional() @IsInt() since?: number;
  @IsInt() @Min(1) @Max(1000) count!: number;
  @IsOptional() @IsString() cursor?: string;
}

/** The resource contracts of one context. A text of a deleted version is empty. */
export function resourceContracts(context: string) {
  return {
    read: contract<ReadResource, Stored>(context, 'resource.read', ReadResource, { idempotent: true }),
    readMany: contract<ReadResources, readonly Stored[]>(context, 'resource.read-many', ReadResources, {
      idempotent: true,
    }),
    search: contract<SearchResources, Found>(context, 'resource.search', SearchResources, {
      idempotent: true,
    }),
    history: contract<ReadHistory, Found>(context, 'resource.history', ReadHistory, { idempotent: true }),
    compartment: contract<ReadCompartment, Found>(context, 'resource.compartment', ReadCompartment, {
      idempotent: true,
    }),
    write: contract<WriteResource, Written>(context, 'resource.write', WriteResource),
    writeMany: contract<WriteResources, readonly WriteResult[]>(
      context,
      'resource.write-many',
      WriteResources,
    ),
  };
}
