import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Type } from 'class-transformer';
import { contract, eventType, type EventType } from '#platform/messaging';
import type { Issue } from '#platform/fhir';

export class ImportEntry {
  @IsString() @MaxLength(64) type!: string;
  @IsString() @MaxLength(64) id!: string;
}

/** `PUT Type/id` for each entry, without rules of care; the scope's `texts` hold the resources, in the same order. */
export class ImportResources {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => ImportEntry)
  entries!: ImportEntry[];
  /** Replacements for references in every text, full URL → `Type/id`. */
  @IsOptional() @IsObject() substitutions?: Record<string, string>;
}

export interface Rejected {
  /** Of the entry, from 0. */
  readonly index: number;
  readonly issues: readonly Issue[];
}

/** How many entries came to what. A resource that is stored with the same content already is `unchanged`. */
export interface Imported {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: readonly Rejected[];
}

export class CountResources {
  /** Absent: all types of the context. */
  @IsOptional() @IsArray() @IsString({ each: true }) types?: string[];
}

/** The one event of a batch; who needs the resources asks for those changed since. */
export class ResourcesImported {
  @IsInt() @Min(1) count!: number;
}

export function resourcesImported(context: string): EventType<ResourcesImported> {
  return eventType(context, 'resource.imported', ResourcesImported);
}

/** Loading and counting. `counts` answers type → number of resources that are not deleted. */
export function importContracts(context: string) {
  return {
    import: contract<ImportResources, Imported>(context, 'resource.import', ImportResources, {
      idempotent: true,
    }),
    counts: contract<CountResources, Readonly<Record<string, number>>>(
      context,
      'resource.counts',
      CountResources,
      {
        idempotent: true,
      },
    ),
  };
}
