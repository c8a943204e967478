import { Fault } from '#platform/fhir';
import {
  takeFirst,
  Together,
  type ContextDatabase,
  type RowPolicy,
  type Statement,
} from '#platform/database';
import { AuditLog } from './audit/audit-log.ts';
import { ReadTogether } from './read-together.ts';
import { SearchHash } from './index/search-hash.ts';
import { OwnIds } from './own-ids.ts';
import type { WriteRule } from './write-rule.ts';

export interface StoreOptions {
  /** The context's database; the store writes to its schema. */
  readonly database: ContextDatabase;
  /** The FHIR types the context owns. */
  readonly types: readonly string[];
  readonly rules?: readonly WriteRule[];
  /** The installation's secret for hashes in the index and ids of its own, at least 16 characters; the same in every process, for ever. */
  readonly hashKey: string;
  /** Which definitions validate and index; recorded with each row. */
  readonly definitionSet?: string;
  /** Absolute references below this are this installation's own; no slash at its end. Undefined while it is not known. */
  readonly ownBase?: () => string | undefined;
  /** Told after each commit that published events. */
  readonly relay?: { poke(): void };
  /** Makes ids of new resources. Default: UUIDs of version 4, which tell nothing of when. */
  readonly randomId?: () => string;
  /** More matches of a search than this are looked for along its order, not gathered and sorted. Default: by size. */
  readonly gatherLimit?: number;
  /** Milliseconds since the epoch; only "approximately" in searches depends on it. */
  readonly now?: () => number;
}

/** A slow search holds up those beside it in its batch, so batches are small and there are several. */
const queriesTogether = 6;
const queryLanes = 5;

/** What the parts of one context's store share. */
export class StoreParts {
  readonly database: ContextDatabase;
  readonly context: string;
  readonly schema: string;
  readonly types: ReadonlySet<string>;
  /** By type. */
  readonly rules: ReadonlyMap<string, readonly WriteRule[]>;
  readonly hash: SearchHash;
  readonly ownIds: OwnIds;
  readonly audit: AuditLog;
  readonly reads: ReadTogether;
  readonly #queries: Together<Statement, object[]>;
  readonly definitionSet: string;
  readonly #ownBase: () => string | undefined;
  readonly randomId: () => string;
  readonly gatherLimit: number | undefined;
  readonly now: () => number;
  readonly poke: () => void;

  constructor(options: StoreOptions) {
    this.database = options.database;
    this.context = options.database.context;
    this.schema = options.database.schema;
    this.types = new Set(options.types);
    this.rules = new Map(
      options.types.map((type) => [type, (options.rules ?? []).filter((rule) => rule.type === type)]),
    );
    this.hash = new SearchHash(options.hashKey);
    this.ownIds = new OwnIds(options.hashKey);
    this.audit = new AuditLog(options.database);
    this.reads = new ReadTogether(options.database);
    this.#queries = new Together(
      (policy, statements) => options.database.pipeline(policy, statements),
      takeFirst(queriesTogether),
      { lanes: queryLanes },
    );
    this.definitionSet = options.definitionSet ?? 'r4-4.0.1';
    this.#ownBase = options.ownBase ?? (() => undefined);
    this.randomId = options.randomId ?? (() => crypto.randomUUID());
    this.gatherLimit = options.gatherLimit;
    this.now = options.now ?? Date.now;
    this.poke = () => options.relay?.poke();
  }

  get ownBase(): string | undefined {
    return this.#ownBase();
  }

  /** A statement that reads, and records that; those that come in the same moment share a round trip and a commit. */
  ask<R extends object>(policy: RowPolicy, statement: Statement): Promise<R[]> {
    return this.#queries.add(policy, statement) as Promise<R[]>;
  }

  assertOwns(type: string): void {
    if (this.types.has(type)) return;
    throw new Fault('not-found', `${this.context} does not keep ${type}; ask the context that does.`);
  }
}
