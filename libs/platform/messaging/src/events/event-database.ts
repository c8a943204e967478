/**
 * What events need of PostgreSQL. `ContextDatabase` of `#platform/database` fits as it is; the types are restated
 * because messaging stands to the left of the database in the order of the libraries.
 */
export interface EventStatement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export interface EventTransaction {
  readonly schema: string;
  query<R extends object = Record<string, unknown>>(statement: EventStatement): Promise<R[]>;
}

export interface EventDatabase<T extends EventTransaction = EventTransaction> {
  readonly schema: string;
  query<R extends object = Record<string, unknown>>(policy: string, statement: EventStatement): Promise<R[]>;
  pipeline<R extends object = Record<string, unknown>>(
    policy: string,
    statements: readonly EventStatement[],
  ): Promise<R[][]>;
  transact<Result>(policy: string, work: (transaction: T) => Promise<Result>): Promise<Result>;
}

/** Septum's own work is not confined to patients. See `RowPolicy` in `#platform/database`. */
export const everyRow = '*';
