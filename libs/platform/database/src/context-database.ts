/**
 * The rows a statement may see, as row-level security sets it: `*` for a caller not confined to patients, else the
 * ids of the patients, comma-separated; empty: none. Made by `rowPolicy(caller)` in `#platform/access`.
 */
export type RowPolicy = string;

/** One SQL statement. A `name` makes it a prepared statement of the connection; the hot path names all of its own. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

export type Row = Record<string, unknown>;

/** A transaction of one context, under the context's own role: the only way to write. */
export interface Transaction {
  readonly context: string;
  readonly schema: string;
  query<R extends object = Row>(statement: Statement): Promise<R[]>;
  /** Runs once the transaction is durably committed, never otherwise. */
  afterCommit(effect: () => void): void;
}

/** Under this Nest gives a context its database, for tables of its own. */
export const ContextDatabaseToken = Symbol('ContextDatabase');

/** What one context has of PostgreSQL: a schema, roles and a pool of its own. */
export interface ContextDatabase {
  readonly context: string;
  readonly schema: string;
  /** One statement outside a transaction. */
  query<R extends object = Row>(policy: RowPolicy, statement: Statement): Promise<R[]>;
  /** `BEGIN`, the statements in order, `COMMIT` in one round trip; all of them or none. */
  pipeline<R extends object = Row>(policy: RowPolicy, statements: readonly Statement[]): Promise<R[][]>;
  transact<T>(policy: RowPolicy, work: (transaction: Transaction) => Promise<T>): Promise<T>;
}
