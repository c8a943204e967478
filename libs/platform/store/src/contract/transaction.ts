/**
 * The contracts by which the edge makes writes of several contexts one transaction: all of them or none.
 *
 * Same process, same database: `apply` for each context on one connection, which the edge holds (see
 * `CoordinatorTransactions` in `#platform/database`) and commits. Otherwise: `prepare` for each context, in fixed
 * order; the edge writes its decision; `commit` or `rollback`, as often as it takes.
 */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsUUID,
  Min,
  ValidateNested,
} from 'class-validator';
import { contract } from '#platform/messaging';
import { WriteResource, type Written } from './resource.ts';

/** The writes of one context, in the order to apply them. */
export class ApplyWrites {
  /** Names the transaction; never a patient. */
  @IsUUID() transactionId!: string;
  /** The scope's `texts` hold the bodies of the creates and updates, in the same order; a delete has none. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Type(() => WriteResource)
  writes!: WriteResource[];
  /** Replacements for references in every text, full URL → `Type/id`. */
  @IsOptional() @IsObject() substitutions?: Record<string, string>;
}

export class DecideTransaction {
  @IsUUID() transactionId!: string;
}

/** An operator's decision about a transaction that stays in doubt; it is written down before anyone is told. */
export class ResolveTransaction extends DecideTransaction {
  @IsIn(['commit', 'rollback']) decision!: 'commit' | 'rollback';
}

export class ListPrepared {
  /** Only those prepared longer ago than this. */
  @IsInt() @Min(0) olderThanMs!: number;
}

/** What became of a transaction at one participant. `unknown`: nothing was ever prepared here under that id. */
export interface Decided {
  readonly state: 'committed' | 'rolled-back' | 'unknown';
}

/** A transaction that waits for its decision, and holds its locks meanwhile. */
export interface Prepared {
  readonly transactionId: string;
  /** Milliseconds since it was prepared, database clock. */
  readonly ageMs: number;
}

/** The transaction contracts of one context. `apply` and `prepare` answer each write's outcome, in order, and its text. */
export function transactionContracts(context: string) {
  return {
    apply: contract<ApplyWrites, readonly Written[]>(context, 'transaction.apply', ApplyWrites),
    prepare: contract<ApplyWrites, readonly Written[]>(context, 'transaction.prepare', ApplyWrites),
    commit: contract<DecideTransaction, Decided>(context, 'transaction.commit', DecideTransaction, {
      idempotent: true,
    }),
    rollback: contract<DecideTransaction, Decided>(context, 'transaction.rollback', DecideTransaction, {
      idempotent: true,
    }),
    resolve: contract<ResolveTransaction, Decided>(context, 'transaction.resolve', ResolveTransaction, {
      idempotent: true,
    }),
    prepared: contract<ListPrepared, readonly Prepared[]>(context, 'transaction.prepared', ListPrepared, {
      idempotent: true,
    }),
  };
}
